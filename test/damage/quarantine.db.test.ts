// A damaged stream costs its entity alone: on memory, PGlite and PostgreSQL, with damage done behind the storage's back.
import { createHost } from '@perdure/actors'
import { isPerdureError } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openPgliteInMemory } from '../../packages/storage-pg/src/connect/pglite.ts'
import { openSchema } from '../../packages/storage-pg/src/open-storage.ts'
import { streamKey } from '../../packages/storage-pg/src/stream-key.ts'
import { runSql } from '../../packages/storage-pg/test/run-sql.ts'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'

const { spec } = parseSpec(`
[automaton]
name = "Task"
states = ["Open"]
initial = "Open"

[[state]]
name = "count"
type = "counter"

[[action]]
name = "Count"
from = ["Open"]
effect = "count += 1"
`)

type Damage = 'gap' | 'no event' | 'senseless event'
const damages: readonly Damage[] = ['gap', 'no event', 'senseless event']
const entity = { tenant: 'default', type: 'Task', id: 'broken' }

interface Subject {
  readonly storage: Storage
  damage(how: Damage): Promise<void>
  repair(): Promise<void>
}

let server: TestDatabase

beforeAll(async () => {
  server = await createTestDatabase()
})

afterAll(() => server.drop())

/** Event 2 of the entity, put aside and changed or taken away. */
function damageStatements(
  schema: string,
  stream: string,
): Record<Damage | 'aside' | 'back' | 'clear', string> {
  const event = `${schema}.events where stream = '${stream}' and sequence = 2`
  const set = (payload: string): string =>
    `update ${schema}.events set payload = '${payload}' where stream = '${stream}' and sequence = 2`
  return {
    aside: `create table ${schema}.aside as select * from ${event}`,
    gap: `delete from ${event}`,
    'no event': set('[]'),
    'senseless event': set(
      '{"eventId":"e","action":"Count","from":"Open","to":"Open","params":{},"effects":[null],"at":1,"specHash":"s","specVersion":1}',
    ),
    clear: `delete from ${event}`,
    back: `insert into ${schema}.events select * from ${schema}.aside`,
  }
}

const openers: Readonly<Record<string, (name: string) => Promise<Subject>>> = {
  memory: async () => {
    const storage = openMemoryStorage()
    return {
      storage,
      damage: async (how) => storage.tamper.damageEvent(entity, 2, how === 'gap' ? 'lose' : 'garble'),
      repair: async () => storage.tamper.mendEvent(entity, 2),
    }
  },
  PGlite: async () => {
    const engine = await openPgliteInMemory()
    const storage = await openSchema(engine, {})
    const statements = damageStatements('perdure', streamKey(entity))
    const run = async (text: string): Promise<void> => {
      await runSql(engine, text)
    }
    return {
      storage,
      damage: async (how) => {
        await run(statements.aside)
        await run(statements[how])
      },
      repair: async () => {
        await run(statements.clear)
        await run(statements.back)
      },
    }
  },
  PostgreSQL: async (schema) => {
    const storage = await openStorage(server.url, { schema })
    const statements = damageStatements(schema, streamKey(entity))
    return {
      storage,
      damage: async (how) => {
        await server.query(statements.aside)
        await server.query(statements[how])
      },
      repair: async () => {
        await server.query(statements.clear)
        await server.query(statements.back)
      },
    }
  },
}

describe.each(Object.keys(openers))('a damaged stream on %s', (name) => {
  it.each(damages)('with a %s is quarantined alone, again and again, until it is repaired', async (how) => {
    const subject = await openers[name]?.(`s_${how.replaceAll(' ', '_')}`)
    if (subject === undefined || spec === undefined) throw new Error('nothing to test')
    const { storage } = subject
    let now = 1_000
    let loads = 0
    const counted: Storage = new Proxy(storage, {
      get: (target, method: keyof Storage) => {
        const member: unknown = target[method]
        if (method === 'load') loads++
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
    const clock = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} }
    const start = () => createHost({ specs: [spec], storage: counted, clock, keepStorageOpen: true })
    const first = await start()
    for (const id of ['broken', 'sound']) {
      const each = await first.spawn('Task', { id })
      for (let count = 0; count < 3; count++) await each.ask('Count')
    }
    await first.stop()
    await subject.damage(how)
    const host = await start()
    onTestFinished(async () => {
      await host.stop()
      await storage.close()
    })
    loads = 0
    const [broken, sound] = [host.entity('Task', 'broken'), host.entity('Task', 'sound')]
    const burst = Array.from({ length: 20 }, () => [broken.tryAsk('Count'), sound.tryAsk('Count')]).flat()
    const results = await Promise.all(burst)
    const codes = results.map((result) => (result.ok ? 'ok' : result.error.code))
    expect(new Set(codes.filter((_, index) => index % 2 === 0))).toEqual(new Set(['corrupt_stream']))
    expect(new Set(codes.filter((_, index) => index % 2 === 1))).toEqual(new Set(['ok']))
    // Again and again, without the storage being asked: one load each was all.
    for (let count = 0; count < 10; count++) {
      await expect(broken.state()).rejects.toSatisfy((error) => isPerdureError(error, 'entity_quarantined'))
      await expect(host.spawn('Task', { id: 'broken' })).rejects.toMatchObject({
        code: 'entity_quarantined',
        cause: { code: 'corrupt_stream' },
      })
    }
    expect(loads).toBe(2)
    expect(host.health()).toMatchObject({
      state: 'degraded',
      quarantined: [{ type: 'Task', id: 'broken', kind: 'unreadable', code: 'corrupt_stream', since: 1_000 }],
    })
    await subject.repair()
    await expect(broken.ask('Count')).rejects.toMatchObject({ code: 'entity_quarantined' })
    now += 5_000
    expect((await broken.ask('Count')).event.sequence).toBe(5)
    expect(host.health()).toMatchObject({ state: 'running', quarantined: [] })
    expect((await storage.verify()).findings).toEqual([])
  })
})
