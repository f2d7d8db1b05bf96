// The sending side of a router: stores requests, and waits for their answers. Its router tells it when there may be some.
import type { Clock, RouterRequest, RouterResult, SendOptions } from '@perdure/core'
import type { Database } from '../connect/engine.ts'
import { sqlStateOf, translateError } from '../connect/sqlstate.ts'
import { Gatherer } from './gatherer.ts'
import { Looker } from './looker.ts'
import { resultOf, unanswered, undelivered } from './router-results.ts'
import type { EndedRow, RequestRow, RouterStatements } from './router-statements.ts'

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly database: Database
  readonly statements: RouterStatements
  /** Where answers are announced. */
  readonly channel: string
  readonly clock: Clock
  readonly maxBodyBytes: number
  readonly maxWaiting: number
  /** Told what the database would not do. */
  readonly onTrouble: (error: unknown) => void
}

/** Requests that wait for an answer. */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #waits = new Map<string, (result: RouterResult) => void>()
  readonly #outgoing: Gatherer<RequestRow, boolean>
  readonly #withdrawals: Gatherer<string, EndedRow | undefined>
  readonly #arrivals = new Looker(() => this.#collect())

  constructor(options: OutboxOptions) {
    const { database, statements, channel } = options
    this.#options = options
    this.#outgoing = new Gatherer(async (items) => {
      const columns = [items.map(({ id }) => id), items.map(({ address }) => address)] as const
      const bodies = items.map(({ body }) => body)
      const timeouts = items.map(({ timeoutMs }) => Math.ceil(timeoutMs))
      const { rows } = await statements.store.run(database, [...columns, bodies, timeouts, channel])
      const stored = new Set(rows.map(({ id }) => id))
      return items.map(({ id }) => stored.has(id))
    })
    this.#withdrawals = new Gatherer(async (ids) => {
      const { rows } = await statements.withdraw.run(database, [ids])
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    })
  }

  /** See `Router.send`. */
  async send(address: string, request: RouterRequest, options: SendOptions): Promise<RouterResult> {
    const { maxWaiting, maxBodyBytes } = this.#options
    const bytes = Buffer.byteLength(request.body)
    if (this.#waits.size >= maxWaiting) return undelivered(`${maxWaiting} requests wait already`)
    if (bytes > maxBodyBytes)
      return undelivered(`it has ${bytes} bytes, and at most ${maxBodyBytes} are carried`)
    return this.#exchange(address, request, bytes, options)
  }

  /** There may be answers. */
  look(): void {
    if (this.#waits.size > 0) this.#arrivals.wake()
  }

  /** Waits for nothing any more. */
  async close(): Promise<void> {
    const { database, statements } = this.#options
    const waiting = [...this.#waits.keys()]
    for (const end of this.#waits.values()) end(unanswered('the router was closed'))
    if (waiting.length > 0) await statements.withdraw.run(database, [waiting]).catch(() => {})
  }

  /** Waits until nothing is being fetched. */
  whenQuiet(): Promise<void> {
    return this.#arrivals.whenQuiet()
  }

  #exchange(
    address: string,
    { id, body }: RouterRequest,
    bytes: number,
    { timeoutMs, signal }: SendOptions,
  ): Promise<RouterResult> {
    const { clock, onTrouble } = this.#options
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
          onTrouble(error)
          const { message } = translateError(error, 'sending a request')
          // A statement that the server refused has stored nothing; one whose answer is lost may have.
          end(sqlStateOf(error) === undefined ? unanswered(message) : undelivered(message))
        },
      )
    })
  }

  async #collect(): Promise<void> {
    const { database, statements, onTrouble } = this.#options
    const ids = [...this.#waits.keys()]
    if (ids.length === 0) return
    try {
      const { rows } = await statements.collect.run(database, [ids])
      for (const row of rows) this.#waits.get(row.id)?.(resultOf(row, 'whoever has it gave no answer'))
    } catch (error) {
      onTrouble(error)
    }
  }
}
