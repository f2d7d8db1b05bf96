// Projections into the database of the storage: what a consumer writes and its checkpoint are one transaction, so each event has
// its effect once, whatever fails and whoever dies.
import { consume } from '@perdure/core'
import type { Consumer, ConsumeOptions, LogEntry, Storage } from '@perdure/core'
import { projection } from '@perdure/storage-pg'
import { VirtualClock } from '@perdure/testkit'
import type { Transaction } from 'kysely'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { silentLogger } from '@perdure/core'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteInMemory } from '../src/connect/pglite.ts'
import { openSchema } from '../src/open-storage.ts'
import { startChild } from './child.ts'
import { counter, unitOf } from './make.ts'
import { unowned } from './subjects.ts'

/** The application's own table. */
interface Tables {
  readonly seen: { readonly position: bigint }
}

/** Writes a row an event; a second one for the same event fails nothing, so that it would be noticed. */
async function note(transaction: Transaction<Tables>, entries: readonly LogEntry[]): Promise<void> {
  for (const { position } of entries)
    await sql`insert into seen (position) values (${position}::int8)`.execute(transaction)
}

async function seen(engine: Engine): Promise<readonly bigint[]> {
  const { rows } = await sql<{ position: bigint }>`select position from seen order by position`.execute(
    engine.database,
  )
  return rows.map(({ position }) => position)
}

/** 1, 2, … */
function upTo(last: number): readonly bigint[] {
  return Array.from({ length: last }, (_, index) => BigInt(index + 1))
}

describe.each(['PGlite', 'PostgreSQL'])('a projection on %s', (name) => {
  let engine: Engine
  let server: TestDatabase | undefined

  beforeAll(async () => {
    server = name === 'PGlite' ? undefined : await createTestDatabase()
    engine = server === undefined ? await openPgliteInMemory() : openPgPool(server.url, {}, silentLogger)
  })

  afterAll(async () => {
    await engine.close()
    await server?.drop()
  })

  beforeEach(async () => {
    await sql`drop table if exists seen`.execute(engine.database)
    await sql`drop schema if exists perdure cascade`.execute(engine.database)
    await sql`create table seen (position int8 not null)`.execute(engine.database)
  })

  async function stage(events: number): Promise<{
    readonly storage: Storage
    readonly clock: VirtualClock
    readonly start: (options: Partial<ConsumeOptions>) => Consumer
  }> {
    const storage = await openSchema(unowned(engine), {})
    onTestFinished(() => storage.close())
    if (events > 0) await storage.commit([unitOf(counter('c-1'), 0, { count: events })])
    const clock = new VirtualClock()
    const start = (options: Partial<ConsumeOptions>): Consumer => {
      const consumer = consume(storage, {
        name: 'seen',
        clock,
        random: { next: () => 0 },
        ...options,
      } as ConsumeOptions)
      onTestFinished(() => consumer.stop())
      return consumer
    }
    return { storage, clock, start }
  }

  /** Until the checkpoint is there; the database takes real time, the clock is moved. */
  async function until(storage: Storage, clock: VirtualClock, position: bigint): Promise<void> {
    for (;;) {
      const [consumer] = await storage.listConsumers()
      if (consumer !== undefined && (consumer.position >= position || consumer.blockedAt !== undefined))
        return
      await clock.advance(50)
    }
  }

  it('has the effect of each event once, with the checkpoint', async () => {
    const { storage, clock, start } = await stage(7)
    start({ batch: 3, ...projection<Tables>(note) })
    await until(storage, clock, 7n)
    expect(await seen(engine)).toEqual(upTo(7))
  })

  it('stores nothing of a batch whose handler failed, and all of it when it is tried again', async () => {
    const { storage, clock, start } = await stage(5)
    let failures = 3
    start({
      batch: 2,
      ...projection<Tables>(async (transaction, entries) => {
        await note(transaction, entries)
        if (failures-- > 0) throw new Error('planned')
      }),
    })
    await until(storage, clock, 5n)
    expect(await seen(engine)).toEqual(upTo(5))
  })

  it('stores nothing of a batch that the database refused', async () => {
    const { storage, clock, start } = await stage(3)
    start({
      retry: { maxAttempts: 2, baseMs: 1, capMs: 1 },
      ...projection<Tables>(async (transaction, entries) => {
        await note(transaction, entries)
        await sql`insert into nowhere values (1)`.execute(transaction)
      }),
    })
    await until(storage, clock, 3n)
    expect(await seen(engine)).toEqual([])
    const [consumer] = await storage.listConsumers()
    expect(consumer).toMatchObject({ position: 0n, attempts: 2, lag: 3n })
    expect(consumer?.lastError).toContain('nowhere')
  })

  it('stores nothing of a worker whose work was taken away while it wrote', async () => {
    const { storage } = await stage(3)
    const claim = { name: 'seen', from: 0n, leaseMs: 1_000 }
    const old = await storage.claimConsumer({ ...claim, owner: 'old', now: 0 })
    if (old.kind !== 'claimed') throw new Error(old.kind)
    let taking: Promise<unknown> = Promise.resolve()
    const advance = { name: 'seen', epoch: old.epoch, position: 3n, now: 500, leaseMs: 1_000 }
    const isMoved = await storage.advanceConsumer(advance, async (transaction) => {
      await sql`insert into seen (position) values (1)`.execute(transaction as Transaction<Tables>)
      taking = storage.claimConsumer({ ...claim, owner: 'new', now: 2_000 })
      // The one connection of a PGlite is this transaction's: there the other has to wait, and comes too late.
      if (engine.capabilities.shared) await taking
    })
    await taking
    expect(isMoved).toBe(!engine.capabilities.shared)
    expect(await seen(engine)).toEqual(engine.capabilities.shared ? [] : [1n])
  })

  it('begins anew when it is reset, for an application that empties its table first', async () => {
    const { storage, clock, start } = await stage(4)
    const first = start(projection<Tables>(note))
    await until(storage, clock, 4n)
    await first.stop()
    await sql`truncate seen`.execute(engine.database)
    await storage.resetConsumer('seen', { to: 0n, now: clock.now() })
    start(projection<Tables>(note))
    await until(storage, clock, 4n)
    expect(await seen(engine)).toEqual(upTo(4))
  })
})

describe('a projection whose process is killed', () => {
  async function stage(
    events: number,
  ): Promise<{ readonly server: TestDatabase; readonly storage: Storage }> {
    const server = await createTestDatabase()
    onTestFinished(() => server.drop())
    await server.query('create table seen (position int8 not null)')
    const storage = await openSchema(openPgPool(server.url, {}, silentLogger), {})
    onTestFinished(() => storage.close())
    for (let version = 0; version < events; version += 100)
      await storage.commit([unitOf(counter('c-1'), version, { count: Math.min(100, events - version) })])
    return { server, storage }
  }

  /** Lets a consumer in this process finish what is left. */
  async function finish(storage: Storage, events: number): Promise<void> {
    const consumer = consume(storage, {
      name: 'seen',
      pollIntervalMs: 20,
      ...projection<Tables>(note),
    })
    while (((await storage.listConsumers())[0]?.position ?? 0n) < BigInt(events))
      await new Promise((resolve) => setTimeout(resolve, 20))
    await consumer.stop()
  }

  async function positions(server: TestDatabase): Promise<readonly bigint[]> {
    const rows = await server.query<{ position: string }>('select position from seen order by position')
    return rows.map(({ position }) => BigInt(position))
  }

  it.each([
    ['handler and checkpoint', 'storage.consumer.written'],
    ['checkpoint and commit', 'storage.consumer.moved'],
  ])('between %s leaves nothing, and another has the effect of each event once', async (_between, point) => {
    const { server, storage } = await stage(7)
    const child = startChild('project-for-ever.ts', server.url, point)
    await child.report(({ kind }) => kind === 'stalled')
    await child.kill()
    expect(await positions(server)).toEqual([])
    expect(await storage.listConsumers()).toMatchObject([{ position: 0n }])
    await finish(storage, 7)
    expect(await positions(server)).toEqual(upTo(7))
  })

  it('at any moment, again and again, has the effect of each event once', async () => {
    const events = 2_000
    const { server, storage } = await stage(events)
    for (const handled of [2, 17, 40]) {
      const child = startChild('project-for-ever.ts', server.url)
      let count = 0
      await child.report(() => ++count > handled)
      await child.kill()
    }
    const before = (await positions(server)).length
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(events)
    await finish(storage, events)
    expect(await positions(server)).toEqual(upTo(events))
  })
})
