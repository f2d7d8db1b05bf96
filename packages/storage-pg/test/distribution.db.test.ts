// Distributed PostgreSQL, as far as one server shows it: the statements of the hot paths against the rules of Citus, and the
// distribution against stand-ins for its functions that hold to its rules on constraints. Citus itself does not run here.
import { silentLogger } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { distributeStorage, distributionScript, openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { distributions } from '../src/schema/distribution.ts'
import type { Distribution, TableName } from '../src/schema/distribution.ts'
import { tablesOf } from '../src/schema/tables.ts'
import { prepareStatements } from '../src/storage-context.ts'
import { backgroundStatements } from './background-statements.ts'
import { refusals } from './citus-refusals.ts'
import type { RefusedForm } from './citus-refusals.ts'
import { judgeForCitus } from './citus-rules.ts'
import type { CitusVerdict } from './citus-rules.ts'
import { hotStatements } from './hot-statements.ts'
import { blobOf, counter, kindsOf, unitOf } from './make.ts'

let database: TestDatabase
let engine: Engine
let storage: Storage

beforeAll(async () => {
  database = await createTestDatabase()
  engine = openPgPool(database.url, {}, silentLogger)
  storage = await openStorage(database.url)
})

afterAll(async () => {
  await storage.close()
  await engine.close()
  await database.drop()
})

/** `blob_refs` for `blobRefs`. */
function sqlName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const bySqlName = new Map<string, Distribution>(
  Object.entries(distributions).map(([name, distribution]) => [sqlName(name), distribution]),
)

function judge(text: string): Promise<CitusVerdict> {
  return judgeForCitus(text, (table) => bySqlName.get(table))
}

describe('the distribution', () => {
  it('names every table there is', async () => {
    const rows = await database.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'perdure'::regnamespace and relkind = 'r' order by 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual([...bySqlName.keys()].sort())
    expect(Object.keys(distributions).sort()).toEqual(
      Object.keys(tablesOf('perdure'))
        .filter((name) => name !== 'schema')
        .sort(),
    )
  })

  it('is refused where there is no Citus, in words', async () => {
    await expect(distributeStorage(database.url)).rejects.toMatchObject({
      code: 'storage_misconfigured',
      message: expect.stringContaining('create extension citus') as unknown,
    })
  })

  it('leaves no constraint that Citus refuses, can be run again, and the storage goes on', async () => {
    const schema = 'spread'
    const spread = await openStorage(database.url, { schema })
    const content = blobOf('x'.repeat(2_000))
    const unit = (id: string, version: number) =>
      unitOf(counter(id), version, { blobs: [content], claims: [{ field: 'f', hash: content.hash }] })
    await spread.commit([unit('before', 0)])
    await database.query(standIns)
    await database.query(distributionScript(schema))
    await database.query(distributionScript(schema))
    const calls = await database.query<{ call: string }>('select call from citus_calls order by nth')
    expect(calls.map(({ call }) => call)).toEqual(
      Object.entries(distributions).flatMap(([name, distribution]) =>
        callOf(schema, name as TableName, distribution),
      ),
    )
    expect(kindsOf(await spread.commit([unit('before', 1), unit('after', 0)]))).toEqual([
      'committed',
      'committed',
    ])
    expect((await spread.readLog({ after: 0n, limit: 10 })).head).toBe(3n)
    expect((await spread.verify()).findings).toEqual([])
    await spread.close()
  })

  it('shows no entry of the log beyond one that not every node shows yet', async () => {
    const several = await createTestDatabase()
    onTestFinished(() => several.drop())
    await several.query(standIns)
    const clock = {
      now: () => 0,
      setTimeout: (callback: () => void) => setImmediate(callback),
      clearTimeout: () => {},
    }
    const log = await openStorage(several.url, { clock })
    onTestFinished(() => log.close())
    for (const id of ['one', 'two', 'three', 'four']) await log.commit([unitOf(counter(id), 0)])
    await log.erase(counter('one'), { at: 1 })
    const hidden = `from perdure.events where position = 3`
    await several.query(`create table public.hidden as select * ${hidden}`)
    await several.query(`delete ${hidden}`)
    expect(await log.readLog({ after: 0n })).toEqual({ entries: [], seenUpTo: 0n, head: 0n })
    expect((await log.readLog({ after: 3n })).entries.map(({ position }) => position)).toEqual([4n, 5n])
    await several.query(`insert into perdure.events select * from public.hidden`)
    const page = await log.readLog({ after: 0n })
    expect(page.entries.map(({ position }) => position)).toEqual([2n, 3n, 4n, 5n])
    expect(page).toMatchObject({ seenUpTo: 5n, head: 5n })
    expect(await log.readLog({ after: 5n })).toEqual({ entries: [], seenUpTo: 5n, head: 5n })
  })

  function callOf(schema: string, name: TableName, distribution: Distribution): readonly string[] {
    if (distribution.kind === 'local') return []
    const table = `${schema}.${sqlName(name)}`
    if (distribution.kind === 'reference') return [`reference ${table}`]
    const { column, with: other } = distribution
    return [`${table} by ${column} with ${other === undefined ? 'none' : `"${schema}"."${sqlName(other)}"`}`]
  }
})

/** Citus' two functions and its catalogue, holding to its rules on unique indexes and foreign keys. */
const standIns = `
  create table citus_calls (nth int generated always as identity, call text);
  create table pg_dist_partition (logicalrelid regclass primary key, key text, colocation text);
  create function create_reference_table(relation regclass) returns void language sql as $$
    insert into pg_dist_partition values (relation, null, 'reference');
    insert into citus_calls (call) values ('reference ' || relation::text)
  $$;
  create function create_distributed_table(relation regclass, key text, colocate_with text) returns void language plpgsql as $$
  declare wrong text;
  begin
    select indexrelid::regclass into wrong from pg_index where indrelid = relation and indisunique and not exists (
      select from pg_attribute where attrelid = relation and attname = key and attnum = any(indkey));
    if wrong is not null then raise exception 'unique index % lacks %', wrong, key; end if;
    select conname into wrong from pg_constraint where contype = 'f' and relation in (conrelid, confrelid);
    if wrong is not null then raise exception 'foreign key % is in the way', wrong; end if;
    if colocate_with <> 'none' and not exists (
      select from pg_dist_partition as other where other.logicalrelid = colocate_with::regclass and other.key = create_distributed_table.key
    ) then raise exception '% is not distributed by %', colocate_with, key; end if;
    insert into pg_dist_partition values (relation, key, colocate_with);
    insert into citus_calls (call) values (relation::text || ' by ' || key || ' with ' || colocate_with);
  end $$`

describe('the statements of the hot paths', () => {
  it('keep to what Citus takes', async () => {
    for (const text of await hotStatements(storage)) {
      const { problems } = await judge(text)
      expect(problems, text).toEqual([])
    }
  })

  it('go to one shard where they read one entity', async () => {
    const { load } = prepareStatements(engine.database, tablesOf('perdure'))
    for (const { text } of [load.loadEntity, load.readPage, load.findByKey])
      expect((await judge(text)).reach, text).toBe('one shard')
  })
})

describe('the statements of the background', () => {
  it('keep to what Citus takes, over however many shards they go', async () => {
    const texts = await backgroundStatements(storage, database.url)
    expect(texts.length).toBeGreaterThan(40)
    for (const text of texts) {
      const { problems } = await judge(text)
      expect(problems, text).toEqual([])
    }
  })
})

describe('the rules', () => {
  const table = (name: string) => `"perdure"."${name}"`
  const [entities, events, blobs, refs, head, consumers] = [
    'entities',
    'events',
    'blobs',
    'blob_refs',
    'log_head',
    'consumers',
  ].map(table)

  const refused: readonly (readonly [form: RefusedForm, what: string, text: string])[] = [
    [
      'lock',
      'rows of entities are locked with SKIP LOCKED',
      `select from ${entities} where stream = $1 for update skip locked`,
    ],
    [
      'lock',
      'rows of entities are locked across shards',
      `select from ${entities} where tenant = $1 for update`,
    ],
    [
      'lock',
      'rows of blobs are locked across shards',
      `with held as (select hash from ${blobs} for key share) select from held`,
    ],
    [
      'join',
      'entities (by stream) is joined with blob_refs (by hash)',
      `select from ${entities} as head join ${refs} as ref on ref.stream = head.stream`,
    ],
    [
      'join',
      'blob_refs (by hash) is joined with entities (by stream)',
      `delete from ${refs} as ref using ${entities} as head where ref.stream = head.stream`,
    ],
    [
      'join',
      'blob_refs (by hash) is joined with entities (by stream)',
      `select from ${refs} as ref where exists (select from ${entities} as head where head.stream = ref.stream)`,
    ],
    [
      'join',
      'entities and events are joined otherwise than on stream',
      `select from ${entities} as head join ${events} as event on event.sequence = head.version`,
    ],
    [
      'join',
      'entities and events are joined otherwise than on stream',
      `select 1 union all select 1 from ${entities} as head join ${events} as event on event.sequence = head.version`,
    ],
    [
      'join',
      'blobs and blob_refs are joined otherwise than on hash',
      `select from ${blobs} as blob where not exists (select from ${refs} as ref where ref.tenant = blob.tenant)`,
    ],
    [
      'join',
      'entities and events are joined otherwise than on stream',
      `select from ${entities} as head join (select sequence from ${events}) as event on event.sequence = head.version`,
    ],
    [
      'outerJoin',
      'entities is joined to what is in no shard, from outside',
      `select from unnest($1::uuid[]) as unit (stream) left join ${entities} as head on head.stream = unit.stream`,
    ],
    [
      'outerJoin',
      'events is joined to what is in no shard, from outside',
      `select from ${head} as log left join ${events} as event on event.position = log.position`,
    ],
    [
      'correlation',
      'a subquery looks from what is in no shard into blobs',
      `select from unnest($1::bytea[]) as claim (hash) where exists (select from ${blobs} as blob where blob.hash = claim.hash)`,
    ],
    [
      'correlation',
      'a subquery looks from what is in no shard into blobs',
      `select exists (select from ${blobs} as blob where blob.hash = page.hash)
        from (select hash from ${refs} limit 5) as page`,
    ],
    [
      'subqueryLimit',
      'a subquery of each row limits or sums up events',
      `select from ${entities} as head, lateral (select from ${events} as event where event.stream = head.stream limit 1) as one`,
    ],
    [
      'subqueryLimit',
      'a subquery of each row limits or sums up events',
      `select (select max(sequence) from ${events} as event where event.stream = head.stream) from ${entities} as head`,
    ],
    ['tableFunction', 'now stands beside entities', `select from ${entities} as head, now() as present`],
    [
      'singleShardOnly',
      'a CTE is recursive',
      `with recursive n as (select 1 as n union all select n + 1 from n) select from n`,
    ],
    ['singleShardOnly', 'a sample is taken', `select from ${entities} tablesample system (1)`],
    [
      'singleShardOnly',
      'sets are grouped',
      `select count(*) from ${entities} group by grouping sets ((stream), ())`,
    ],
    ['distributionColumn', 'stream is updated', `update ${entities} set stream = $1 where stream = $2`],
    ['distributionColumn', 'stream is not inserted', `insert into ${entities} (tenant) values ($1)`],
    [
      'uniqueness',
      'a conflict is looked for without hash',
      `insert into ${blobs} (tenant, hash) values ($1, $2) on conflict (tenant) do nothing`,
    ],
    [
      'insertSubquery',
      'a subquery is among the values, or in RETURNING',
      `insert into ${consumers} (name, position) values ($1, (select position from ${head}))`,
    ],
    ['volatile', 'pg_notify is called', `update ${entities} set status = pg_notify($1, $2)::text`],
    [
      'stableOfColumn',
      'extract is called with a column, or now and then',
      `update ${consumers} set position = extract(epoch from updated_at)`,
    ],
    [
      'stableOfColumn',
      'adding an interval is called with a column, or now and then',
      `update ${consumers} set held_until = updated_at + interval '1 second'`,
    ],
    [
      'stableOfColumn',
      'now is called with a column, or now and then',
      `delete from ${entities} where coalesce(deleted_at, now()) < $1`,
    ],
    [
      'mutableInConflict',
      'a conflict is resolved with now',
      `insert into ${consumers} (name) values ($1) on conflict (name) do update set updated_at = now()`,
    ],
    [
      'mutableInReturning',
      'extract is returned',
      `delete from ${consumers} where name = $1 returning extract(epoch from updated_at)`,
    ],
  ]

  it.each(refused)('refuse (%s): %s', async (form, what, text) => {
    expect((await judge(text)).problems).toContainEqual({ form, what })
  })

  it('refuse each form that Citus refuses', () => {
    expect(new Set(refused.map(([form]) => form))).toEqual(new Set(Object.keys(refusals)))
  })

  it.each([
    `select from ${head} for update`,
    `select from ${entities} where stream = $1::uuid for update`,
    `update ${entities} as head set version = 2 from unnest($1::uuid[]) as unit (stream) where head.stream = unit.stream`,
    `select from ${entities} as head join ${events} as event using (stream)`,
    `select from (select $1::uuid as stream) as wanted join ${entities} as head on head.stream = wanted.stream
      left join lateral (select row_number() over (order by sequence) from ${events} as event
        where event.stream = wanted.stream limit 5) as chunk on true`,
    `delete from ${blobs} as blob where blob.hash = any($1) and not exists (
      select from ${refs} as ref where ref.tenant = blob.tenant and ref.hash = blob.hash)`,
    `select (select count(*) from ${entities}), (select count(*) from ${blobs})`,
    `insert into ${refs} (tenant, hash, stream, owner) select * from unnest($1::text[], $2::bytea[], $3::uuid[], $4::text[])
      on conflict (tenant, hash, stream, owner) do update set expires_at = null`,
    `select from ${events} as event, ${head} as log where event.position <= log.position`,
    `select from ${entities} as head left join (select 1 as one from ${events} limit 1) as event on true`,
    `select row_number() over (order by at) from ${events}`,
    `select from ${blobs} as blob join (select hash, count(*) from ${refs} group by hash) as held using (hash)`,
    `update ${head} set awaited_until = now() + interval '60 seconds' where awaited_until < now()`,
    `delete from ${consumers} where name = $1 returning extract(epoch from updated_at at time zone 'UTC')`,
  ])('take: %s', async (text) => {
    expect((await judge(text)).problems).toEqual([])
  })
})
