// The receiving side of a router: keeps its seats, claims what was sent to them, and stores what they answer. Its router tells it
// when there may be something.
import { RouterError } from '@perdure/core'
import type { Clock, Logger, RouterAnswer, RouterSeat } from '@perdure/core'
import type { Database } from '../connect/engine.ts'
import { Gatherer } from './gatherer.ts'
import { Looker } from './looker.ts'
import { asRouterError } from './router-results.ts'
import { Seat } from './router-seat.ts'
import { claimLimit } from './router-statements.ts'
import type { ClaimedRow, RouterStatements } from './router-statements.ts'

/** What an inbox is made of. */
export interface InboxOptions {
  readonly database: Database
  readonly statements: RouterStatements
  /** Where requests are announced. */
  readonly channel: string
  readonly clock: Clock
  readonly logger: Logger
  readonly maxBodyBytes: number
  /** Told what the database would not do. */
  readonly onTrouble: (error: unknown) => void
}

/** Requests that are answered here at once; the others stay unclaimed. */
const maxUnderWay = 1_024

/** The seats of a router. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #seats = new Map<string, Seat>()
  /** Those as well that were left with requests under way. */
  readonly #occupied = new Set<Seat>()
  readonly #answers: Gatherer<{ readonly id: string; readonly answer: string | null }, undefined>
  readonly #claims = new Looker(() => this.#claim())
  #underWay = 0

  constructor(options: InboxOptions) {
    const { database, statements } = options
    this.#options = options
    this.#answers = new Gatherer(async (items) => {
      await statements.answer.run(database, [items.map(({ id }) => id), items.map(({ answer }) => answer)])
      return items.map(() => undefined)
    })
  }

  /** See `Router.join`. */
  async join(address: string, answer: RouterAnswer): Promise<RouterSeat> {
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

  /** There may be requests. */
  look(): void {
    if (this.#seats.size > 0) this.#claims.wake()
  }

  /** Nobody waits for the answer to a request any more. */
  end(id: string): void {
    for (const seat of this.#occupied) seat.end(id)
  }

  /** Keeps the seats, which a crash of the server would have emptied. */
  async keepSeats(): Promise<void> {
    for (const seat of this.#seats.values()) {
      if (await this.#sit(seat)) continue
      const { address } = seat
      const message = 'somebody else has taken the address of this host; it is not reached'
      this.#options.logger.warn({ address }, message)
    }
  }

  /** Gives all seats up, and ends what is under way. */
  async close(): Promise<void> {
    const seats = [...this.#seats.keys()]
    this.#seats.clear()
    for (const seat of this.#occupied) seat.endAll()
    for (const address of seats) await this.#giveUp(address).catch(() => {})
  }

  /** Waits until nothing is being claimed. */
  whenQuiet(): Promise<void> {
    return this.#claims.whenQuiet()
  }

  /** Takes requests in for as long as there are any, and room. */
  async #claim(): Promise<void> {
    const { database, statements, onTrouble } = this.#options
    try {
      for (;;) {
        const addresses = [...this.#seats.keys()]
        if (addresses.length === 0 || this.#underWay + claimLimit > maxUnderWay) return
        const { rows } = await statements.claim.run(database, [addresses])
        const inOrder = [...rows].sort((left, right) => (left.nth < right.nth ? -1 : 1))
        for (const row of inOrder) void this.#answer(row)
        if (rows.length < claimLimit) return
      }
    } catch (error) {
      onTrouble(error)
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
    const { maxBodyBytes, onTrouble } = this.#options
    const bytes = answer === null ? 0 : Buffer.byteLength(answer)
    const fitting = bytes > maxBodyBytes ? null : answer
    await this.#answers.add({ id, answer: fitting }, bytes).catch(onTrouble)
  }

  async #sit({ address }: Seat): Promise<boolean> {
    const { database, statements, channel } = this.#options
    const { rows } = await statements.sit.run(database, [address, channel])
    return rows.length === 1
  }

  /** A claim under way has found its requests before this, and answers that there will be none. */
  async #giveUp(address: string): Promise<void> {
    const { database, statements, channel } = this.#options
    await statements.leave.run(database, [address, channel])
    await statements.giveBack.run(database, [address])
  }

  async #leave(seat: Seat): Promise<void> {
    if (this.#seats.get(seat.address) === seat) {
      this.#seats.delete(seat.address)
      await this.#giveUp(seat.address).catch(this.#options.onTrouble)
    }
    await seat.whenQuiet()
    this.#occupied.delete(seat)
  }
}

function taken(address: string): RouterError {
  return new RouterError('address_taken', `somebody has a seat under ${address}`, { details: { address } })
}
