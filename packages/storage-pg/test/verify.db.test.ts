// A storage that looks itself through: each thing that can be wrong is brought about by SQL, and seen.
import { randomUUID } from 'node:crypto'
import { encodeSnapshot, silentLogger, unborn } from '@perdure/core'
import type { SnapshotRecord, Storage, VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteInMemory } from '../src/connect/pglite.ts'
import { openSchema } from '../src/open-storage.ts'
import { tablesOf } from '../src/schema/tables.ts'
import type { Tables } from '../src/schema/tables.ts'
import { streamKey } from '../src/stream-key.ts'
import { blobOf, counter, unitOf } from './make.ts'
import { unowned } from './subjects.ts'

let server: TestDatabase
const engines: Partial<Record<string, Engine>> = {}

beforeAll(async () => {
  server = await createTestDatabase()
  engines['PostgreSQL'] = openPgPool(server.url, {}, silentLogger)
  engines['PGlite'] = await openPgliteInMemory()
})

afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close()
  await server.drop()
})

const entity = counter('c-1')
const stream = streamKey(entity)
const [small, large] = [blobOf('small'), blobOf('large '.repeat(5_000))]

/** The references of the entity, in the order of their keys. */
const byHash = [
  { hash: small.hash, field: 'f0' },
  { hash: large.hash, field: 'f1' },
].toSorted((left, right) => (left.hash < right.hash ? -1 : 1))

function snapshotAt(version: number): SnapshotRecord {
  return encodeSnapshot({ type: 'Counter', specHash: 'spec' }, { ...unborn, status: 'Active', version })
}

describe.each(['PostgreSQL', 'PGlite'])('verifying on %s', (name) => {
  /** A storage with two entities, events 1 to 5 and 6 to 8 of the log, and a way to damage it. */
  async function openFilled(): Promise<{
    storage: Storage
    damage: (statement: (tables: Tables) => RawBuilder<unknown>) => Promise<void>
  }> {
    const engine = engines[name]
    if (engine === undefined) throw new Error(`no engine ${name}`)
    const schema = `s_${randomUUID().replaceAll('-', '')}`
    const storage = await openSchema(unowned(engine), { schema })
    const tables = tablesOf(schema)
    onTestFinished(async () => {
      await storage.close()
      await sql`drop schema ${sql.id(schema)} cascade`.execute(engine.database)
    })
    const claims = [small, large].map(({ hash }, index) => ({ field: `f${index}`, hash }))
    await storage.commit([
      unitOf(entity, 0, {
        count: 5,
        event: { params: { text: 'a\0b' } },
        snapshot: snapshotAt(4),
        blobs: [small, large],
        claims,
      }),
      unitOf(counter('c-2'), 0, { count: 3, blobs: [small], claims: claims.slice(0, 1) }),
    ])
    expect((await storage.verify()).findings).toEqual([])
    const damage = async (statement: (all: Tables) => RawBuilder<unknown>): Promise<void> => {
      await statement(tables).execute(engine.database)
    }
    return { storage, damage }
  }

  const ofEntity = sql`stream = ${stream}::uuid`
  const cases: readonly (readonly [
    what: string,
    damage: readonly ((tables: Tables) => RawBuilder<unknown>)[],
    found: readonly VerifyFinding[],
  ])[] = [
    [
      'a head ahead of its events',
      [({ entities }) => sql`update ${entities} set version = 7 where ${ofEntity}`],
      [{ kind: 'head_differs', entity, of: 'version', head: 7, events: 5 }],
    ],
    [
      'a head behind its events',
      [({ entities }) => sql`update ${entities} set version = 4 where ${ofEntity}`],
      [
        { kind: 'head_differs', entity, of: 'version', head: 4, events: 5 },
        { kind: 'head_differs', entity, of: 'updatedAt', head: 1_780_000_000_005, events: 1_780_000_000_004 },
      ],
    ],
    [
      'a head with another status',
      [({ entities }) => sql`update ${entities} set status = 'Asleep' where ${ofEntity}`],
      [{ kind: 'head_differs', entity, of: 'status', head: 'Asleep', events: 'Active' }],
    ],
    [
      'a head with another time',
      [
        ({ entities }) =>
          sql`update ${entities} set updated_at = updated_at + interval '1 ms' where ${ofEntity}`,
      ],
      [{ kind: 'head_differs', entity, of: 'updatedAt', head: 1_780_000_000_006, events: 1_780_000_000_005 }],
    ],
    [
      'a head that says deleted',
      [({ entities }) => sql`update ${entities} set deleted_at = updated_at where ${ofEntity}`],
      [{ kind: 'head_differs', entity, of: 'deletedAt', head: 1_780_000_000_005, events: undefined }],
    ],
    [
      'an event taken out of the middle',
      [({ events }) => sql`delete from ${events} where ${ofEntity} and sequence in (2, 3)`],
      [
        { kind: 'missing_events', entity, fromSequence: 2, toSequence: 3 },
        { kind: 'missing_positions', from: 2n, to: 3n },
      ],
    ],
    [
      'the first event taken away',
      [({ events }) => sql`delete from ${events} where ${ofEntity} and sequence = 1`],
      [
        { kind: 'missing_events', entity, fromSequence: 1, toSequence: 1 },
        { kind: 'missing_positions', from: 1n, to: 1n },
      ],
    ],
    [
      'the last event taken away',
      [({ events }) => sql`delete from ${events} where ${ofEntity} and sequence = 5`],
      [
        { kind: 'head_differs', entity, of: 'version', head: 5, events: 4 },
        { kind: 'missing_positions', from: 5n, to: 5n },
      ],
    ],
    [
      'all events taken away',
      [({ events }) => sql`delete from ${events} where ${ofEntity}`],
      [
        { kind: 'head_differs', entity, of: 'version', head: 5, events: undefined },
        { kind: 'missing_positions', from: 1n, to: 5n },
      ],
    ],
    [
      'a payload that is no event',
      [({ events }) => sql`update ${events} set payload = '[1]' where ${ofEntity} and sequence = 3`],
      [{ kind: 'undecodable_event', entity, sequence: 3 }],
    ],
    [
      'columns that say something else than the payload',
      [
        ({ events }) =>
          sql`update ${events} set action = 'Other', at = at + interval '1 s', idempotency_key = 'k' where ${ofEntity} and sequence = 3`,
      ],
      (['action', 'at', 'idempotency_key'] as const).map((column) => ({
        kind: 'event_column_differs',
        entity,
        sequence: 3,
        column,
      })),
    ],
    [
      'events, a snapshot and references of an entity whose head is gone',
      [({ entities }) => sql`delete from ${entities} where ${ofEntity}`],
      [
        { kind: 'events_without_head', stream },
        { kind: 'snapshot_without_head', stream },
        ...byHash.map(({ hash, field }) => ({
          kind: 'reference_without_head' as const,
          tenant: 'default',
          hash,
          stream,
          field,
        })),
      ],
    ],
    [
      'a position beyond the head of the log',
      [({ events }) => sql`update ${events} set position = 12 where position = 8`],
      [
        { kind: 'missing_positions', from: 8n, to: 8n },
        { kind: 'log_head_behind', logHead: 8n, lastPosition: 12n },
      ],
    ],
    [
      'a position before the first',
      [({ events }) => sql`update ${events} set position = 0 where position = 8`],
      [
        { kind: 'missing_positions', from: 8n, to: 8n },
        { kind: 'misplaced_position', position: 0n },
      ],
    ],
    [
      'a position taken twice',
      [
        ({ schema }) => sql`drop index ${sql.id(schema, 'events_position')}`,
        ({ events }) => sql`update ${events} set position = 2 where position = 3`,
      ],
      [
        { kind: 'misplaced_position', position: 2n },
        { kind: 'missing_positions', from: 3n, to: 3n },
      ],
    ],
    [
      'a snapshot with a flipped bit',
      [({ snapshots }) => sql`update ${snapshots} set body = set_bit(body, 700, 1 - get_bit(body, 700))`],
      [{ kind: 'unusable_snapshot', entity, sequence: 4, reason: 'corrupt' }],
    ],
    [
      'a snapshot ahead of its entity',
      [({ snapshots }) => sql`update ${snapshots} set sequence = 9`],
      [
        { kind: 'snapshot_ahead', entity, sequence: 9, version: 5 },
        { kind: 'unusable_snapshot', entity, sequence: 9, reason: 'corrupt' },
      ],
    ],
    [
      'a reference whose content is gone',
      [
        ({ blobRefs }) => sql`alter table ${blobRefs} drop constraint blob_refs_blob`,
        ({ blobs }) => sql`delete from ${blobs} where hash = ${Buffer.from(large.hash, 'hex')}::bytea`,
      ],
      [{ kind: 'dangling_reference', tenant: 'default', hash: large.hash, stream, field: 'f1' }],
    ],
    [
      'content with a flipped bit',
      [
        ({ blobs }) =>
          sql`update ${blobs} set body = set_byte(body, 1, 120) where hash = ${Buffer.from(small.hash, 'hex')}::bytea`,
      ],
      [{ kind: 'corrupt_blob', tenant: 'default', hash: small.hash, reason: 'hash' }],
    ],
    [
      'content cut short',
      [
        ({ blobs }) =>
          sql`update ${blobs} set body = substring(body for 20) where hash = ${Buffer.from(large.hash, 'hex')}::bytea`,
      ],
      [{ kind: 'corrupt_blob', tenant: 'default', hash: large.hash, reason: 'length' }],
    ],
    [
      'content of another length than it says',
      [
        ({ blobs }) =>
          sql`update ${blobs} set size = size + 1 where hash = ${Buffer.from(small.hash, 'hex')}::bytea`,
      ],
      [{ kind: 'corrupt_blob', tenant: 'default', hash: small.hash, reason: 'length' }],
    ],
    [
      'content that unpacks to more than it says',
      [
        ({ blobs }) =>
          sql`update ${blobs} set size = 10 where hash = ${Buffer.from(large.hash, 'hex')}::bytea`,
      ],
      [{ kind: 'corrupt_blob', tenant: 'default', hash: large.hash, reason: 'undecodable' }],
    ],
  ]

  it.each(cases)('finds %s, whatever the size of a page', async (_, damages, found) => {
    const { storage, damage } = await openFilled()
    for (const each of damages) await damage(each)
    for (const batch of [1, 2, 2_000]) {
      const report = await storage.verify({ batch })
      expect(report.findings).toEqual(found)
      expect(report).toMatchObject({ findingCount: found.length, isComplete: true })
    }
  })
})
