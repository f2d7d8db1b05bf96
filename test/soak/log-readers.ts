// Readers of the log beside a load, one of each kind that there is. Used by idle-session.ts. Each must be given every position
// once and in order, and must go on: whoever stays behind for long has been stalled by something.
import { setTimeout as sleep } from 'node:timers/promises'
import { consume, subscribe } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { projection } from '@perdure/storage-pg'
import type { TestDatabase } from '../setup/database.ts'

/** The table that the projection keeps: a second entry for a position fails it. */
interface Tables {
  readonly seen_positions: { readonly position: bigint }
}

/** Reads the log in several ways at once until it is stopped. */
export class LogReaders {
  readonly #storage: Storage
  readonly #database: TestDatabase
  readonly #patienceMs: number
  readonly #cursors = new Map<string, bigint>()
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>[] = []
  #broken: Error | undefined
  /** The longest that any reader was behind, milliseconds. */
  longestLagMs = 0

  /** @param patienceMs - how far any of them may be behind what was committed */
  constructor(storage: Storage, database: TestDatabase, patienceMs = 30_000) {
    this.#storage = storage
    this.#database = database
    this.#patienceMs = patienceMs
  }

  /** Pages of one, pages of seven, a subscription that is woken, and a projection into the same database. */
  async start(): Promise<void> {
    await this.#database.query('create table seen_positions (position int8 primary key)')
    const readers: readonly (readonly [string, (name: string) => Promise<void>])[] = [
      ['pages of 1', (name) => this.#readPages(name, 1)],
      ['pages of 7', (name) => this.#readPages(name, 7)],
      ['subscription', (name) => this.#subscribe(name)],
      ['projection', (name) => this.#project(name)],
    ]
    for (const [name, read] of readers) {
      this.#cursors.set(name, 0n)
      const reading = read(name).catch((error: unknown) => {
        this.#broken ??= error instanceof Error ? error : new Error(String(error))
      })
      this.#running.push(reading)
    }
  }

  /** Waits until every reader has seen what is committed now. @throws when one has missed, repeated, or stands still */
  async catchUp(): Promise<bigint> {
    const { head } = await this.#storage.readLog({ after: 0n, limit: 0 })
    const begun = performance.now()
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken
      const behind = [...this.#cursors].filter(([, cursor]) => cursor < head)
      const lagMs = performance.now() - begun
      this.longestLagMs = Math.max(this.longestLagMs, lagMs)
      if (behind.length === 0) return head
      if (lagMs > this.#patienceMs) {
        const where = behind.map(([name, cursor]) => `${name} at ${cursor}`).join(', ')
        throw new Error(`stalled for ${this.#patienceMs} ms before position ${head}: ${where}`)
      }
      await sleep(5)
    }
  }

  /** Ends all of them. @throws what one of them threw, and when the projection has not each position once */
  async stop(): Promise<void> {
    const head = await this.catchUp().finally(() => this.#stopping.abort())
    await Promise.all(this.#running)
    if (this.#broken !== undefined) throw this.#broken
    const [row] = await this.#database.query<{ count: string; last: string }>(
      'select count(*) as count, max(position) as last from seen_positions',
    )
    if (row?.count !== String(head) || row.last !== String(head))
      throw new Error(`the projection has ${row?.count} of ${head} positions, up to ${row?.last}`)
  }

  #take(name: string, position: bigint): void {
    const expected = (this.#cursors.get(name) ?? 0n) + 1n
    if (position !== expected) throw new Error(`${name} was given ${position} in place of ${expected}`)
    this.#cursors.set(name, position)
  }

  async #readPages(name: string, limit: number): Promise<void> {
    for (let after = 0n; !this.#stopping.signal.aborted;) {
      const page = await this.#storage.readLog({ after, limit })
      for (const { position } of page.entries) this.#take(name, position)
      after = page.seenUpTo
      if (after !== this.#cursors.get(name))
        throw new Error(`${name} was told to go on after ${after}, and has seen ${this.#cursors.get(name)}`)
      if (after >= page.head) await sleep(3)
    }
  }

  async #subscribe(name: string): Promise<void> {
    for await (const { position } of subscribe(this.#storage, { signal: this.#stopping.signal }))
      this.#take(name, position)
  }

  async #project(name: string): Promise<void> {
    const { signal } = this.#stopping
    const work = projection<Tables>(async (transaction, entries) => {
      const rows = entries.map(({ position }) => ({ position }))
      await transaction.insertInto('seen_positions').values(rows).execute()
    })
    const consumer = consume(this.#storage, { name, signal, ...work })
    // Its checkpoint, as the database has it, is its cursor.
    while (!signal.aborted) {
      const states = await this.#storage.listConsumers()
      for (const { position, lastError } of states.filter((state) => state.name === name)) {
        if (lastError !== undefined) throw new Error(`the projection failed: ${lastError}`)
        this.#cursors.set(name, position)
      }
      await sleep(20)
    }
    await consumer.stop()
  }
}
