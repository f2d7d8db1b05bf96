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
import { sqlStateOf, translateError } from '../connect/sqlstate.ts'
import { Gatherer } from './gatherer.ts'
import { Looker } from './looker.ts'
import { NoticeLine } from './notice-line.ts'
import { claimLimit } from './router-statements.ts'
import type { ClaimedRow, EndedRow, RequestRow, RouterStatements } from './router-statements.ts'
import { Seat } from './router-seat.ts'

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
/** Requests that are answered here at once; the others stay unclaimed. */
const maxUnderWay = 1_024

/** Carries requests through one database. */
export class PgRouter implements Router {
  readonly #options: PgRouterOptions
  readonly #seats = new Map<string, Seat>()
  /** Those as well that were left with requests under way. */
  readonly #occupied = new Set<Seat>()
  /** Sends that wait for an answer, by request. */
  readonly #waits = new Map<string, (result: RouterResult) => void>()
  readonly #outgoing: Gatherer<RequestRow, boolean>
  readonly #answers: Gatherer<{ readonly id: string; readonly answer: string | null }, undefined>
  readonly #withdrawals: Gatherer<string, EndedRow | undefined>
  readonly #claims = new Looker(() => this.#claim())
  readonly #arrivals = new Looker(() => this.#collect())
  readonly #line: NoticeLine
  #underWay = 0
  #polls = 0
  #poll: unknown
  #trouble: RouterError | undefined
  #closing: Promise<void> | undefined

  constructor(options: PgRouterOptions) {
    const { engine, statements, channel, clock, random } = options
    const { database } = engine
    this.#options = options
    this.#outgoing = new Gatherer(async (items) => {
      const columns = [items.map(({ id }) => id), items.map(({ address }) => address)] as const
      const bodies = items.map(({ body }) => body)
      const timeouts = items.map(({ timeoutMs }) => Math.ceil(timeoutMs))
      const { rows } = await statements.store.run(database, [...columns, bodies, timeouts, channel])
      const stored = new Set(rows.map(({ id }) => id))
      return items.map(({ id }) => stored.has(id))
    })
    this.#answers = new Gatherer(async (items) => {
      await statements.answer.run(database, [items.map(({ id }) => id), items.map(({ answer }) => answer)])
      return items.map(() => undefined)
    })
    this.#withdrawals = new Gatherer(async (ids) => {
      const { rows } = await statements.withdraw.run(database, [ids])
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    })
    this.#line = new NoticeLine({
      open: (onNotice) => openLine(engine, channel, onNotice),
      clock,
      random,
      onNews: (payload) => this.#hear(payload),
      onConnected: () => this.#connected(),
      onTrouble: (error) => this.#note(error),
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
    if (this.#seats.has(address)) throw taken(address)
    const seat = new Seat(address, answer, this.#options.clock)
    this.#seats.set(address, seat)
    try {
      if (!(await this.#sit(seat))) throw taken(address)
    } catch (error) {
      this.#seats.delete(address)
      throw asRouterError(error, `taking the seat ${address}`)
    }
    this.#occupied.add(seat)
    this.#claims.wake()
    return { leave: () => this.#leave(seat) }
  }

  async send(address: string, request: RouterRequest, options: SendOptions): Promise<RouterResult> {
    this.#assertOpen()
    checkAddress(address)
    options.signal?.throwIfAborted()
    const { maxWaiting, maxBodyBytes } = this.#options
    const bytes = Buffer.byteLength(request.body)
    if (this.#waits.size >= maxWaiting) return undelivered(`${maxWaiting} requests wait already`)
    if (bytes > maxBodyBytes)
      return undelivered(`it has ${bytes} bytes, and at most ${maxBodyBytes} are carried`)
    return this.#exchange(address, request, bytes, options)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #exchange(
    address: string,
    { id, body }: RouterRequest,
    bytes: number,
    { timeoutMs, signal }: SendOptions,
  ): Promise<RouterResult> {
    const { clock } = this.#options
    return new Promise((resolve, reject) => {
      const end = (result: RouterResult): void => {
        if (!this.#waits.delete(id)) return
        clock.clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
        resolve(result)
      }
      const giveUp = (): void => {
        reject(signal?.reason as Error)
        end(unanswered('its sender gave up'))
        this.#withdrawals.add(id, id.length).catch(() => {})
      }
      const callBack = (): void => {
        const late = `no answer within ${timeoutMs} ms`
        this.#withdrawals.add(id, id.length).then(
          (row) => end(row === undefined ? unanswered(late) : resultOf(row, late)),
          () => end(unanswered(late)),
        )
      }
      const timer = clock.setTimeout(callBack, timeoutMs, { unref: true })
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#waits.set(id, end)
      this.#outgoing.add({ id, address, body, timeoutMs }, bytes).then(
        (isStored) => {
          if (!isStored) end(undelivered(`nobody is there under ${address}`))
        },
        (error: unknown) => {
          this.#note(error)
          const { message } = translateError(error, 'sending a request')
          // A statement that the server refused has stored nothing; one whose answer is lost may have.
          end(sqlStateOf(error) === undefined ? unanswered(message) : undelivered(message))
        },
      )
    })
  }

  /** Takes requests in for as long as there are any, and room. */
  async #claim(): Promise<void> {
    const { engine, statements } = this.#options
    try {
      for (;;) {
        const addresses = [...this.#seats.keys()]
        if (addresses.length === 0 || this.#underWay + claimLimit > maxUnderWay) return
        const { rows } = await statements.claim.run(engine.database, [addresses])
        const inOrder = [...rows].sort((left, right) => (left.nth < right.nth ? -1 : 1))
        for (const row of inOrder) void this.#answer(row)
        if (rows.length < claimLimit) return
      }
    } catch (error) {
      this.#note(error)
    }
  }

  async #answer(row: ClaimedRow): Promise<void> {
    const seat = this.#seats.get(row.address)
    this.#underWay++
    const store = (answer: string | null): Promise<void> => this.#store(row.id, answer)
    await (seat === undefined ? store(null) : seat.take(row, store))
    this.#underWay--
    if (this.#underWay + claimLimit === maxUnderWay) this.#claims.wake()
  }

  async #store(id: string, answer: string | null): Promise<void> {
    const bytes = answer === null ? 0 : Buffer.byteLength(answer)
    const fitting = bytes > this.#options.maxBodyBytes ? null : answer
    await this.#answers.add({ id, answer: fitting }, bytes).catch((error: unknown) => this.#note(error))
  }

  /** Fetches answers. */
  async #collect(): Promise<void> {
    const { engine, statements } = this.#options
    const ids = [...this.#waits.keys()]
    if (ids.length === 0) return
    try {
      const { rows } = await statements.collect.run(engine.database, [ids])
      for (const row of rows) this.#waits.get(row.id)?.(resultOf(row, 'whoever has it gave no answer'))
    } catch (error) {
      this.#note(error)
    }
  }

  /** Anybody may send a notice: it says no more than that something is worth a look, or not worth its while. */
  #hear(payload = ''): void {
    if (payload.startsWith(over)) for (const seat of this.#occupied) seat.end(payload.slice(over.length))
    else this.#lookAround()
  }

  #lookAround(): void {
    if (this.#seats.size > 0) this.#claims.wake()
    if (this.#waits.size > 0) this.#arrivals.wake()
  }

  #pollLater(): void {
    const { clock, pollIntervalMs } = this.#options
    this.#poll = clock.setTimeout(
      () => {
        this.#lookAround()
        if (++this.#polls % pollsPerRound === 0)
          this.#lookAfter().catch((error: unknown) => this.#note(error))
        this.#pollLater()
      },
      pollIntervalMs,
      { unref: true },
    )
  }

  async #connected(): Promise<void> {
    await this.#lookAfter()
    this.#trouble = undefined
  }

  /** Keeps the seats, which a crash of the server would have emptied, and removes what others left behind. */
  async #lookAfter(): Promise<void> {
    const { engine, statements, logger } = this.#options
    for (const seat of this.#seats.values()) {
      if (await this.#sit(seat)) continue
      logger.warn(
        { address: seat.address },
        'somebody else has taken the address of this host; it is not reached',
      )
    }
    await statements.clean.run(engine.database, [])
  }

  async #sit({ address }: Seat): Promise<boolean> {
    const { engine, statements, channel } = this.#options
    const { rows } = await statements.sit.run(engine.database, [address, channel])
    return rows.length === 1
  }

  /** A claim under way has found its requests before this, and answers that there will be none. */
  async #giveUp(address: string): Promise<void> {
    const { engine, statements, channel } = this.#options
    await statements.leave.run(engine.database, [address, channel])
    await statements.giveBack.run(engine.database, [address])
  }

  async #leave(seat: Seat): Promise<void> {
    if (this.#seats.get(seat.address) === seat) {
      this.#seats.delete(seat.address)
      await this.#giveUp(seat.address).catch((error: unknown) => this.#note(error))
    }
    await seat.whenQuiet()
    this.#occupied.delete(seat)
  }

  async #close(): Promise<void> {
    const { engine, statements, clock } = this.#options
    clock.clearTimeout(this.#poll)
    const seats = [...this.#seats.keys()]
    this.#seats.clear()
    for (const seat of this.#occupied) seat.endAll()
    const waiting = [...this.#waits.keys()]
    for (const end of this.#waits.values()) end(unanswered('the router was closed'))
    if (waiting.length > 0) await statements.withdraw.run(engine.database, [waiting]).catch(() => {})
    for (const address of seats) await this.#giveUp(address).catch(() => {})
    await Promise.all([this.#claims.whenQuiet(), this.#arrivals.whenQuiet(), this.#line.close()])
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

function resultOf({ isClaimed, answer }: EndedRow, why: string): RouterResult {
  if (answer !== null) return { kind: 'answered', body: answer }
  return isClaimed ? unanswered(why) : undelivered('nobody took it')
}

function taken(address: string): RouterError {
  return new RouterError('address_taken', `somebody has a seat under ${address}`, { details: { address } })
}

function asRouterError(error: unknown, doing: string): RouterError {
  if (error instanceof RouterError) return error
  const { message } = translateError(error, doing)
  return new RouterError('router_unavailable', message, { cause: error })
}

function undelivered(reason: string): RouterResult {
  return { kind: 'undelivered', reason }
}

function unanswered(reason: string): RouterResult {
  return { kind: 'unanswered', reason }
}
