// The router port on PostgreSQL alone: a request is a row that its receiver claims and its sender takes away, and NOTIFY says
// where it is worth a look. Bodies lie in the table, so a notice is a word. What a lost notice, or a cut connection, would have
// told is found by looking again. Made by `openRouter`; used by a host.
import { checkAddress, RouterError } from '@perdure/core'
import type {
  Clock,
  Logger,
  Random,
  Router,
  RouterAnswer,
  RouterRequest,
  RouterResult,
  RouterSeat,
  SendOptions,
} from '@perdure/core'
import type { Engine } from '../connect/engine.ts'
import { Inbox } from './inbox.ts'
import { NoticeLine } from './notice-line.ts'
import { Outbox } from './outbox.ts'
import { asRouterError } from './router-results.ts'
import type { RouterStatements } from './router-statements.ts'

/** What a router is made of. */
export interface PgRouterOptions {
  readonly engine: Engine
  readonly statements: RouterStatements
  /** Where its notices come in. */
  readonly channel: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly maxBodyBytes: number
  readonly maxWaiting: number
  readonly pollIntervalMs: number
}

/** Polls between two times of looking after seats and leftovers. */
const pollsPerRound = 30
/** How the notice begins that says of a request that nobody waits for its answer. */
const over = 'over '

/** Carries requests through one database. */
export class PgRouter implements Router {
  readonly #options: PgRouterOptions
  readonly #inbox: Inbox
  readonly #outbox: Outbox
  readonly #line: NoticeLine
  #polls = 0
  #poll: unknown
  #trouble: RouterError | undefined
  #closing: Promise<void> | undefined

  constructor(options: PgRouterOptions) {
    const { engine, channel, clock, random } = options
    const onTrouble = (error: unknown): void => this.#note(error)
    this.#options = options
    this.#inbox = new Inbox({ ...options, database: engine.database, onTrouble })
    this.#outbox = new Outbox({ ...options, database: engine.database, onTrouble })
    this.#line = new NoticeLine({
      open: (onNotice) => openLine(engine, channel, onNotice),
      clock,
      random,
      onNews: (payload) => this.#hear(payload),
      onConnected: () => this.#connected(),
      onTrouble,
    })
  }

  get maxBodyBytes(): number {
    return this.#options.maxBodyBytes
  }

  get trouble(): RouterError | undefined {
    return this.#trouble
  }

  /** Begins to listen. @internal */
  async start(): Promise<void> {
    await this.#line.start()
    this.#pollLater()
  }

  async join(address: string, answer: RouterAnswer): Promise<RouterSeat> {
    this.#assertOpen()
    checkAddress(address)
    return this.#inbox.join(address, answer)
  }

  async send(address: string, request: RouterRequest, options: SendOptions): Promise<RouterResult> {
    this.#assertOpen()
    checkAddress(address)
    options.signal?.throwIfAborted()
    return this.#outbox.send(address, request, options)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Anybody may send a notice: it says no more than that something is worth a look, or not worth its while. */
  #hear(payload = ''): void {
    if (payload.startsWith(over)) this.#inbox.end(payload.slice(over.length))
    else this.#lookAround()
  }

  #lookAround(): void {
    this.#inbox.look()
    this.#outbox.look()
  }

  #pollLater(): void {
    const { clock, pollIntervalMs } = this.#options
    const poll = (): void => {
      this.#lookAround()
      if (++this.#polls % pollsPerRound === 0) this.#lookAfter().catch((error: unknown) => this.#note(error))
      this.#pollLater()
    }
    this.#poll = clock.setTimeout(poll, pollIntervalMs, { unref: true })
  }

  async #connected(): Promise<void> {
    await this.#lookAfter()
    this.#trouble = undefined
  }

  /** Keeps the seats, and removes what others left behind. */
  async #lookAfter(): Promise<void> {
    const { engine, statements } = this.#options
    await this.#inbox.keepSeats()
    await statements.clean.run(engine.database, [])
  }

  async #close(): Promise<void> {
    const { engine, clock } = this.#options
    clock.clearTimeout(this.#poll)
    // Begun in one step: nothing is taken in any more while the other side says goodbye.
    await Promise.all([this.#outbox.close(), this.#inbox.close()])
    await Promise.all([this.#inbox.whenQuiet(), this.#outbox.whenQuiet(), this.#line.close()])
    await engine.close()
  }

  #note(error: unknown): void {
    if (this.#closing !== undefined) return
    const { logger } = this.#options
    this.#trouble = asRouterError(error, 'carrying requests')
    logger.warn({ code: this.#trouble.code }, this.#trouble.message)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new RouterError('router_closed', 'the router is closed')
  }
}

async function openLine(engine: Engine, channel: string, onNotice: (payload: string) => void) {
  const connection = await engine.openNotices?.(channel, onNotice)
  if (connection === undefined) throw new TypeError('a router needs a database that several processes share')
  return connection
}
