// Who reads the log through a host: subscriptions and consumers, which end with it. Consumers end first, while commands are
// still taken, for their handlers may be asking.
import { consume, subscribe, upcastEvent } from '@perdure/core'
import type {
  ConsumeOptions,
  Consumer,
  ConsumerStatus,
  EntityEvent,
  LogEntry,
  Storage,
  SubscribeOptions,
} from '@perdure/core'
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

type PortName = 'clock' | 'random' | 'logger' | 'telemetry' | 'owner' | 'readAs'

/** How the events of the log are read through a host. */
export interface ReadingOptions {
  /**
   * `today` gives events as `history` does: as the spec that this host has of their type reads them now; those of types it does
   * not know, and all with `stored`, as they were written. @defaultValue 'today'
   */
  readonly names?: 'today' | 'stored'
}

/** What `host.subscribe` takes: the ports are the host's. */
export type HostSubscribeOptions = Omit<SubscribeOptions, PortName> & ReadingOptions

/** What `host.consume` takes: the ports are the host's. */
export type HostConsumeOptions = OmitOfEach<ConsumeOptions, PortName> & ReadingOptions

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

  /** How the consumers of this host are, by name. */
  statuses(): readonly ConsumerStatus[] {
    return [...this.#consumers].map((consumer) => consumer.status())
  }

  subscribe({ names, ...options }: HostSubscribeOptions): AsyncIterable<LogEntry> {
    this.#check('host.subscribe', options.types)
    const signals = options.signal === undefined ? [] : [options.signal]
    return subscribe(this.#options.storage, {
      ...options,
      ...this.#ports(),
      ...this.#reading(names),
      signal: AbortSignal.any([this.#stopping.signal, ...signals]),
    })
  }

  consume({ names, ...options }: HostConsumeOptions): Consumer {
    this.#check('host.consume', options.types)
    const { deps, storage } = this.#options
    const ports = { ...this.#ports(), telemetry: deps.telemetry, owner: deps.ids.next() }
    const consumer = consume(storage, { ...options, ...ports, ...this.#reading(names) })
    this.#consumers.add(consumer)
    const stop = async (): Promise<void> => {
      await consumer.stop()
      this.#consumers.delete(consumer)
    }
    const status = (): ConsumerStatus => consumer.status()
    return { name: consumer.name, status, stop, [Symbol.asyncDispose]: stop }
  }

  /** Ends every one. Resolves once the handlers that are at work have come to their end. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()))
  }

  #reading(names: ReadingOptions['names'] = 'today'): Pick<SubscribeOptions, 'readAs'> {
    if (names === 'stored') return {}
    const { registry } = this.#options
    const readAs = (event: EntityEvent): EntityEvent => {
      const model = registry.findModel(event.type)
      return model === undefined ? event : upcastEvent(model, event)
    }
    return { readAs }
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
