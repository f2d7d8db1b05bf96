// Freezes the release of today: a small but rich database, and its writer at work. What it makes goes into `frozen/` once, when
// a schema version is released, and is never made again.
import { gzipSync } from 'node:zlib'
import { canonicalJson, encodeSnapshot, hashContent, unborn } from '@perdure/core'
import type { BlobWrite, CommitUnit, EntityEvent, EntityKey, JsonValue, Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { Client } from 'pg'
import { taping } from '../tape.ts'
import type { TapedQuery } from '../tape.ts'
import type { Release, StoredEntity, TapedStatement } from './release.ts'
import { releaseSchema } from './release.ts'

const specHash = 'frozen-spec'
const at = 1_780_000_000_000
/** The end of every lifetime that the writer gives. */
const expiresAt = at + 1_000_000
const clock = {
  now: () => at + 500_000,
  setTimeout: (run: () => void, ms: number): unknown => setTimeout(run, ms),
  clearTimeout: (handle: unknown): void => clearTimeout(handle as NodeJS.Timeout),
}

/** Freezes what the code of today makes of an empty database. */
export async function freezeRelease(url: string): Promise<Release> {
  const opening: TapedQuery[] = []
  const storage = await taping(opening, () =>
    openStorage(url, { schema: releaseSchema, clock, pool: { max: 1 } }),
  )
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await storeMuch(storage)
    // Bodies in a codec that the writer reads, and does not choose.
    await client.query(
      `update ${releaseSchema}.blobs set codec = 'gzip', body = $2, stored_size = $3 where hash = $1`,
      [Buffer.from(gzipped.hash, 'hex'), gzippedBody, gzippedBody.length],
    )
    const entities = await readAll(storage, client)
    const rows = await dumpRows(client)
    const tape: TapedQuery[] = []
    await taping(tape, () => writeOn(storage))
    const schema = opening.filter(({ text }) => /^\s*(?:create|alter|comment)/i.test(text))
    return { schema: schema.map(({ text }) => text), rows, entities, tape: tape.map(frozenStatement) }
  } finally {
    await storage.close()
    await client.end()
  }
}

function frozenStatement({ text, values, rows }: TapedQuery): TapedStatement {
  return { text, ...(frozen({ values, rows }) as Pick<TapedStatement, 'values' | 'rows'>) }
}

/** A value that JSON can hold: bytes as `{ base64 }`, bigints as text. */
export function frozen(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(frozen)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, frozen(each)]))
}

const [text, noise, tiny, gzipped] = [
  contentOf('a long text '.repeat(2_000)),
  contentOf(Array.from({ length: 200 }, (_, index) => hashContent(String(index)).slice(0, 12))),
  contentOf({ nested: ['\ud800', '\u0000'] }),
  contentOf('packed '.repeat(500)),
]
const gzippedBody = gzipSync(gzipped.bytes)

/** Entities of every kind: lean, rich, of many events, with contents, deleted. */
async function storeMuch(storage: Storage): Promise<void> {
  const [lean, rich, long, gone] = [entity('lean'), entity('rich'), entity('long'), entity('gone')] as const
  await storage.commit([
    unit(lean, 0),
    unit(rich, 0, {
      events: [
        { params: odd, effects: [['text', '=', odd as JsonValue]], idempotencyKey: 'first "key" ☃' },
        { paramRefs: { body: { hash: text.hash, size: text.size } }, transient: ['token'] },
        {
          effects: [['notes', 'ref', { hash: noise.hash, size: noise.size }]],
          correlationId: 'c',
          causationId: 'b',
        },
      ],
      blobs: [text, noise, tiny, gzipped],
      claims: [
        { field: 'body', hash: text.hash },
        { field: 'notes', hash: noise.hash, expiresAt },
        { field: '__proto__', hash: tiny.hash, expiresAt: at + 1 },
        { field: 'odd "field" \ud800', hash: gzipped.hash },
      ],
      snapshot: snapshotAt(3),
    }),
    unit(long, 0, { events: Array.from({ length: 210 }, () => ({})) }),
    unit(gone, 0, { blobs: [text], claims: [{ field: 'body', hash: text.hash, expiresAt }] }),
    unit(entity('elsewhere', 'another'), 0, { blobs: [tiny], claims: [{ field: 'f', hash: tiny.hash }] }),
  ])
  await storage.commit([unit(rich, 3, { events: [{}, {}] })])
  await storage.commit([
    { ...unit(gone, 1, { events: [{ to: 'Deleted' }] }), status: 'Deleted', deletedAt: at + 2 },
  ])
}

/** The writer goes on: one event, several, contents that are there, new ones, released ones, conflicts, a sweep. */
async function writeOn(storage: Storage): Promise<void> {
  const [lean, rich, long, gone] = [entity('lean'), entity('rich'), entity('long'), entity('gone')] as const
  const fresh = contentOf('written later '.repeat(100))
  await storage.load(rich, { specHash })
  await storage.load(long, { specHash })
  await storage.commit([unit(lean, 1)])
  await storage.commit([
    unit(long, 210, { events: [{}, {}] }),
    unit(entity('born'), 0),
    unit(lean, 1, { writer: 'late' }),
  ])
  await storage.commit([
    unit(rich, 5, {
      blobs: [fresh, text],
      claims: [
        { field: 'body', hash: fresh.hash },
        { field: 'notes', hash: noise.hash },
      ],
      releases: [{ field: 'body', hash: text.hash }],
      snapshot: snapshotAt(6),
    }),
  ])
  await storage.commit([unit(gone, 2)])
  await storage.saveSnapshot(long, snapshotAt(212))
  const lost = [{ field: 'lost', hash: tiny.hash }]
  if ((await storage.findMissingClaims(rich, lost)).length > 0)
    await storage.restoreClaims(rich, 6, lost, [tiny])
  await storage.sweep({ now: expiresAt, graceMs: 0 })
  await storage.readBlob('default', text.hash)
  await storage.findByIdempotencyKey(rich, 'first "key" ☃')
  await storage.listEntities({ tenant: 'default', type: 'Frozen', limit: 10 })
}

const odd = JSON.parse(
  String.raw`{"":null,"__proto__":{"a":[1e308,-0.5,9007199254740991]},"nul":"\u0000","half":"\ud800","text":"Ünï\"\\\n☃😀"}`,
) as EntityEvent['params']

interface Part extends Partial<Omit<CommitUnit, 'events'>> {
  readonly events?: readonly Partial<EntityEvent>[]
  readonly writer?: string
}

function entity(id: string, tenant = 'default'): EntityKey {
  return { tenant, type: 'Frozen', id }
}

function unit(
  key: EntityKey,
  expectedVersion: number,
  { events = [{}], writer = 'w', ...part }: Part = {},
): CommitUnit {
  const all = events.map((special, index): EntityEvent => {
    const sequence = expectedVersion + index + 1
    const plain = { from: 'Open', to: 'Open', params: { step: sequence }, effects: [], at: at + sequence }
    const id = { eventId: `${writer}-${key.id}-${sequence}`, action: 'Step', specHash, specVersion: 1 }
    return { ...key, sequence, ...id, ...plain, ...special }
  })
  return {
    entity: key,
    expectedVersion,
    events: all,
    status: 'Open',
    blobs: [],
    claims: [],
    releases: [],
    ...part,
  }
}

function contentOf(value: JsonValue): BlobWrite {
  const bytes = Buffer.from(canonicalJson(value))
  return { hash: hashContent(bytes), size: bytes.length, bytes }
}

function snapshotAt(sequence: number): NonNullable<CommitUnit['snapshot']> {
  return encodeSnapshot({ type: 'Frozen', specHash }, { ...unborn, status: 'Open', version: sequence })
}

/** Reads every entity in the way that must give the same after any migration. */
export async function readAll(storage: Storage, client: Client): Promise<readonly StoredEntity[]> {
  const entities: StoredEntity[] = []
  for (const tenant of ['another', 'default']) {
    const filter = { tenant, type: 'Frozen', includeDeleted: true, limit: 100 }
    for (const head of await storage.listEntities(filter)) {
      const snapshot = (await storage.load(head, { specHash }))?.snapshot
      const { rows: held } = await client.query<{ owner: string; hash: string }>(
        `select ref.owner, encode(hash, 'hex') as hash from ${releaseSchema}.blob_refs as ref
        join ${releaseSchema}.entities as head using (stream) where head.tenant = $1 and id = $2 order by ref.owner`,
        [head.tenant, head.id],
      )
      const claims = held.map(({ owner, hash }) => ({ field: JSON.parse(`"${owner}"`) as string, hash }))
      entities.push({
        head,
        events: await storage.readEvents(head),
        ...(snapshot && { snapshot: frozenSnapshot(snapshot) }),
        claims,
      })
    }
  }
  return entities
}

function frozenSnapshot({ sequence, specHash: hash, bytes }: NonNullable<CommitUnit['snapshot']>) {
  return { sequence, specHash: hash, base64: Buffer.from(bytes).toString('base64') }
}

/** Every row of every table, as statements; tables that others refer to come first. */
async function dumpRows(client: Client): Promise<readonly string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class as c where c.relnamespace = '${releaseSchema}'::regnamespace and c.relkind = 'r'
    order by exists (select from pg_constraint where conrelid = c.oid and contype = 'f'), 1`,
  )
  const statements: string[] = []
  for (const { name } of tables) {
    const table = `${releaseSchema}.${name}`
    const { rows } = await client.query<{ row: string }>(
      `select quote_literal(row::text) as row from ${table} as row order by row::text collate "C"`,
    )
    for (const { row } of rows)
      statements.push(`insert into ${table} select (row).* from (select ${row}::${table} as row) as given`)
  }
  return statements
}
