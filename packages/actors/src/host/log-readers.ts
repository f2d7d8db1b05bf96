// Who reads the log through a host: subscriptions and consumers, which end with it. Consumers end first, while commands are
// still taken, for their handlers may be asking.
import { consume, subscribe } from '@perdure/core'
import type { ConsumeOptions, Consumer, LogEntry, Storage, SubscribeOptions } from '@perdure/core'
import type { EntityDeps } from '../entity/entity-deps.ts'
import type { HostLife } from './host-life.ts'
import type { Registry } from './registry.ts'

/** What log readers work with. */
export interface LogReadersOptions {
  readonly storage: Storage
  readonly deps: EntityDeps
  readonly life: HostLife
  readonly registry: Registry
}

type PortName = 'clock' | 'random' | 'logger' | 'owner'

/** What `host.subscribe` takes: the ports are the host's. */
export type HostSubscribeOptions = Omit<SubscribeOptions, PortName>

/** What `host.consume` takes: the ports are the host's. */
export type HostConsumeOptions = OmitOfEach<ConsumeOptions, PortName>

/** `Omit` that keeps the variants of a union apart. */
type OmitOfEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never

/** Starts and ends them. */
export class LogReaders {
  readonly #options: LogReadersOptions
  readonly #stopping = new AbortController()
  readonly #consumers = new Set<Consumer>()

  constructor(options: LogReadersOptions) {
    this.#options = options
  }

  subscribe(options: HostSubscribeOptions): AsyncIterable<LogEntry> {
    this.#check('host.subscribe', options.types)
    const signals = options.signal === undefined ? [] : [options.signal]
    return subscribe(this.#options.storage, {
      ...options,
      ...this.#ports(),
      signal: AbortSignal.any([this.#stopping.signal, ...signals]),
    })
  }

  consume(options: HostConsumeOptions): Consumer {
    this.#check('host.consume', options.types)
    const owner = this.#options.deps.ids.next()
    const consumer = consume(this.#options.storage, { ...options, ...this.#ports(), owner })
    this.#consumers.add(consumer)
    const stop = async (): Promise<void> => {
      await consumer.stop()
      this.#consumers.delete(consumer)
    }
    return { name: consumer.name, stop, [Symbol.asyncDispose]: stop }
  }

  /** Ends every one. Resolves once the handlers that are at work have come to their end. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()))
  }

  #ports(): Pick<ConsumeOptions, 'clock' | 'random' | 'logger'> {
    const { clock, random, logger } = this.#options.deps
    return { clock, random, logger }
  }

  /** A type that this host does not know would be waited for in vain. */
  #check(what: string, types: readonly string[] = []): void {
    const { life, registry } = this.#options
    life.refuseWhenStopping(what)
    for (const type of types) registry.model(type)
  }
}
