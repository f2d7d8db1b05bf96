// Imports the bodies of a table that keeps them inline, by record, into content-addressed blobs. Page by page in order of id,
// each page with the cursor in one transaction: however often it is ended in the middle, it goes on where it was, and when
// there is nothing left it does nothing.
//
// An import is an entity: its references are kept as those of any other are, and `erase` takes them back.
import { createdAction, hashContent, StorageError } from '@perdure/core'
import type { BlobWrite, EntityKey, RefClaim } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { encodeMissingBodies, writeBlobs } from '../blobs/write-blobs.ts'
import { writeRefs } from '../blobs/write-refs.ts'
import { commit } from '../commit/commit.ts'
import { translateError } from '../connect/sqlstate.ts'
import { openContext, openEngine } from '../open-storage.ts'
import type { StorageOptions } from '../open-storage.ts'
import type { StorageContext } from '../storage-context.ts'
import { importEntity } from './import-entity.ts'
import { describeSource, readSource } from './source-table.ts'
import type { SourceNames, SourceRow } from './source-table.ts'

/** From where, to whom, and how. */
export interface ImportOptions
  extends SourceNames, Pick<StorageOptions, 'schema' | 'pool' | 'clock' | 'logger' | 'probe'> {
  /** Whose contents they become. @defaultValue 'default' */
  readonly tenant?: string
  /** Records in one transaction, at most. @defaultValue 500 */
  readonly batch?: number
  /** Goes through all records again, for those that came behind the cursor or have changed. @defaultValue false */
  readonly fromStart?: boolean
  /** Counts what would be imported, and stores nothing. @defaultValue false */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (soFar: ImportCounts) => void
}

/** What a run did, or would do. */
export interface ImportCounts {
  /** Records whose body is a blob now. */
  readonly imported: number
  /** Bytes of their bodies. */
  readonly bytes: number
  /** Records without a body. */
  readonly empty: number
  /** Records whose time is over: not imported. */
  readonly expired: number
}

/** What a run came to. */
export interface ImportResult extends ImportCounts {
  /** The entity that holds the references. */
  readonly entity: EntityKey
  /** False when the signal ended it early; the next run goes on there. */
  readonly isComplete: boolean
}

/**
 * Imports from a table of the same database. The schema must be there and up to date.
 *
 * @throws StorageError `storage_misconfigured` when table or columns do not fit
 */
export async function importBodies(url: string, options: ImportOptions): Promise<ImportResult> {
  const engine = await openEngine(url, { ...options, migrate: false })
  try {
    const { context } = await openContext(engine, { ...options, migrate: false })
    return await run(context, options)
  } catch (error) {
    throw translateError(error, `importing from ${options.table}`)
  } finally {
    await engine.close()
  }
}

async function run(context: StorageContext, options: ImportOptions): Promise<ImportResult> {
  const { tenant = 'default', batch = 500, dryRun = false, signal, onProgress } = options
  const source = await describeSource(context.database, options)
  const entity = importEntity(tenant, source.name)
  if (!dryRun) await begin(context, entity, options.fromStart === true)
  let cursor = options.fromStart === true ? undefined : await readCursor(context, entity)
  let counts: ImportCounts = { imported: 0, bytes: 0, empty: 0, expired: 0 }
  while (!isAborted(signal)) {
    const rows = await readSource(context.database, source, cursor, batch)
    await context.probe('import.batch.read', { rows: rows.length })
    const last = rows.at(-1)
    if (last === undefined) return { ...counts, entity, isComplete: true }
    const page = sortPage(rows, context.clock.now())
    if (!dryRun) await storePage(context, entity, cursor, last.record, page)
    cursor = last.record
    counts = {
      imported: counts.imported + page.bodies.length,
      bytes: page.bodies.reduce((sum, { blob }) => sum + blob.size, counts.bytes),
      empty: counts.empty + page.empty,
      expired: counts.expired + page.expired,
    }
    onProgress?.(counts)
  }
  return { ...counts, entity, isComplete: false }
}

interface Body {
  readonly record: string
  readonly blob: BlobWrite
  readonly claim: RefClaim
}

interface SortedPage {
  readonly bodies: readonly Body[]
  readonly empty: number
  readonly expired: number
}

function sortPage(rows: readonly SourceRow[], now: number): SortedPage {
  const bodies: Body[] = []
  let [empty, expired] = [0, 0]
  for (const { record, body, expiresAt } of rows) {
    if (body === null) empty++
    else if (expiresAt !== null && Number(expiresAt) <= now) expired++
    else {
      const hash = hashContent(body)
      const claim = { field: record, hash, ...(expiresAt === null ? {} : { expiresAt: Number(expiresAt) }) }
      bodies.push({ record, blob: { hash, size: body.length, bytes: body }, claim })
    }
  }
  return { bodies, empty, expired }
}

/** Creates the import if it is the first run. @throws StorageError `storage_misconfigured` when it was erased */
async function begin(context: StorageContext, entity: EntityKey, fromStart: boolean): Promise<void> {
  const { database, tables, clock, probe } = context
  const created = {
    ...entity,
    sequence: 1,
    eventId: hashContent(`import ${entity.tenant} ${entity.id}`).slice(0, 21),
    action: createdAction,
    from: '',
    to: 'Importing',
    params: {},
    effects: [],
    at: clock.now(),
    specHash: '',
    specVersion: 0,
  }
  const unit = { entity, expectedVersion: 0, events: [created], status: 'Importing' }
  const [result] = await commit(context, [{ ...unit, blobs: [], claims: [], releases: [] }])
  if (result?.kind !== 'committed') {
    throw new StorageError(
      'storage_misconfigured',
      `the import from ${entity.id} was erased; rename the table to import it anew`,
    )
  }
  await probe('import.created')
  await sql`
    insert into ${tables.bodyImports} as import (tenant, source) values (${entity.tenant}::text, ${entity.id}::text)
    on conflict (tenant, source) do update set cursor = null where ${fromStart}::bool`.execute(database)
  await probe('import.begun')
}

async function readCursor(
  { database, tables }: StorageContext,
  entity: EntityKey,
): Promise<string | undefined> {
  const { rows } = await sql<{ cursor: string | null }>`
    select cursor from ${tables.bodyImports}
    where tenant = ${entity.tenant}::text and source = ${entity.id}::text`.execute(database)
  return rows[0]?.cursor ?? undefined
}

/** Holds the log's head while it writes, as commits do. @throws StorageError `storage_contention` beside another run */
async function storePage(
  context: StorageContext,
  entity: EntityKey,
  before: string | undefined,
  cursor: string,
  page: SortedPage,
): Promise<void> {
  const { database, tables, statements, clock, probe } = context
  const { bodies } = page
  const at = clock.now()
  const [blobs, claims] = [bodies.map(({ blob }) => blob), bodies.map(({ claim }) => claim)]
  const change = { entity, at, blobs, claims, releases: [] }
  const encoded = await encodeMissingBodies(database, statements.contents, [change])
  await probe('import.batch.encoded')
  await database.transaction().execute(async (transaction) => {
    await sql`select from ${tables.logHead} for update`.execute(transaction)
    const moved = await sql`
      update ${tables.bodyImports} set cursor = ${cursor}::text, imported = imported + ${bodies.length}::int8,
        empty = empty + ${page.empty}::int8, expired = expired + ${page.expired}::int8
      where tenant = ${entity.tenant}::text and source = ${entity.id}::text
        and cursor is not distinct from ${before ?? null}::text`.execute(transaction)
    if (moved.numAffectedRows !== 1n) throw beside(entity)
    await probe('import.batch.cursor')
    await writeBlobs(transaction, statements.contents, [change], encoded, at)
    await probe('import.batch.blobs')
    const releases = await changedBodies(transaction, context, entity, bodies)
    await writeRefs(transaction, statements.contents, [{ ...change, releases }])
    await probe('import.batch.references')
    await map(transaction, context, entity, bodies)
    await probe('import.batch.written')
  })
  await probe('import.batch.committed')
}

/** References of an earlier run to what these records held then. */
async function changedBodies(
  transaction: Kysely<unknown>,
  { tables }: StorageContext,
  { tenant, id }: EntityKey,
  bodies: readonly Body[],
): Promise<readonly { readonly field: string; readonly hash: string }[]> {
  const { rows } = await sql<{ record: string; hash: Buffer }>`
    select record, hash from ${tables.importedBodies}
    where tenant = ${tenant}::text and source = ${id}::text
      and record = any(${bodies.map(({ record }) => record)}::text[])`.execute(transaction)
  return rows.map(({ record, hash }) => ({ field: record, hash: hash.toString('hex') }))
}

async function map(
  transaction: Kysely<unknown>,
  { tables }: StorageContext,
  { tenant, id }: EntityKey,
  bodies: readonly Body[],
): Promise<void> {
  await sql`
    insert into ${tables.importedBodies} (tenant, source, record, hash, size)
    select ${tenant}::text, ${id}::text, body.record, body.hash, body.size
    from unnest(${bodies.map(({ record }) => record)}::text[],
      ${bodies.map(({ blob }) => Buffer.from(blob.hash, 'hex'))}::bytea[],
      ${bodies.map(({ blob }) => blob.size)}::int8[]) as body (record, hash, size)
    on conflict (tenant, source, record) do update set hash = excluded.hash, size = excluded.size`.execute(
    transaction,
  )
}

function beside({ id }: EntityKey): StorageError {
  return new StorageError(
    'storage_contention',
    `another run imports from ${id} at the same time; let it end, or end it and run this one again`,
  )
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
