// The table that bodies are imported from: what its columns are, and how a page of it is read.
import { StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { millisecondsOf } from '../schema/time.ts'

/** Names, as a user gives them. */
export interface SourceNames {
  /** `schema.table`, or a table of the schema `public`. */
  readonly table: string
  readonly idColumn: string
  readonly bodyColumn: string
  readonly expiresColumn?: string
}

/** A source, looked at. */
export interface SourceTable {
  /** `schema.table`. */
  readonly name: string
  readonly table: RawBuilder<unknown>
  readonly id: RawBuilder<unknown>
  /** The type of the id, for casts: of any length, where `character` would be one character long. */
  readonly idType: string
  /** The body's bytes: of text the UTF-8, of JSON the text as it is stored. */
  readonly bytes: RawBuilder<Uint8Array>
  readonly body: RawBuilder<unknown>
  /** Epoch milliseconds; null: never. */
  readonly expiresAt: RawBuilder<bigint | null>
}

/** A record with its body; no body: nothing to import. */
export interface SourceRow {
  readonly record: string
  readonly body: Uint8Array | null
  readonly expiresAt: bigint | null
}

/** Bytes of body at rest after which a page ends. */
const pageBytes = 8 * 1024 * 1024
const textTypes = new Set(['text', 'character varying', 'bpchar', 'json', 'jsonb', 'xml', 'citext'])

/** Looks at the table. @throws StorageError `storage_misconfigured` when bodies cannot be imported from it */
export async function describeSource(database: Database, names: SourceNames): Promise<SourceTable> {
  const [first, ...rest] = names.table.split('.')
  const [schema, table] = rest.length === 0 ? ['public', first ?? ''] : [first ?? '', rest.join('.')]
  const name = `${schema}.${table}`
  const { rows } = await sql<{ column: string; type: string; isKey: boolean }>`
    select attribute.attname as column, format_type(attribute.atttypid, -1) as type, exists (
      select from pg_catalog.pg_index as index
      where index.indrelid = class.oid and index.indisunique and index.indpred is null and index.indexprs is null
        and index.indnkeyatts = 1 and index.indkey[0] = attribute.attnum
    ) as "isKey"
    from pg_catalog.pg_attribute as attribute
    join pg_catalog.pg_class as class on class.oid = attribute.attrelid
    join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
    where namespace.nspname = ${schema}::text and class.relname = ${table}::text
      and attribute.attnum > 0 and not attribute.attisdropped`.execute(database)
  if (rows.length === 0) throw misfit(`there is no table ${name}`)
  const columnOf = (column: string) =>
    rows.find((each) => each.column === column) ??
    refuse(`${name} has no column ${column}; it has ${rows.map((each) => each.column).join(', ')}`)
  const id = columnOf(names.idColumn)
  if (!id.isKey)
    throw misfit(`${name}.${id.column} needs a unique index of its own: records are told apart by it`)
  const body = columnOf(names.bodyColumn)
  const reference = sql.ref('source.body')
  if (body.type !== 'bytea' && !textTypes.has(body.type))
    throw misfit(`${name}.${body.column} is ${body.type}; a body is bytea, text or JSON`)
  return {
    name,
    table: sql.id(schema, table),
    id: sql.id(names.idColumn),
    idType: id.type,
    body: sql.id(names.bodyColumn),
    bytes: body.type === 'bytea' ? sql`${reference}` : sql`convert_to(${reference}::text, 'UTF8')`,
    expiresAt:
      names.expiresColumn === undefined ? sql`null::int8` : expiryOf(columnOf(names.expiresColumn), name),
  }
}

/** The page after a record; small enough to be held, whatever the bodies. */
export async function readSource(
  database: Database,
  { table, id, idType, body, bytes, expiresAt }: SourceTable,
  after: string | undefined,
  batch: number,
): Promise<readonly SourceRow[]> {
  const { rows } = await sql<SourceRow>`
    select source.record, ${bytes} as body, source.expires_at as "expiresAt" from (
      select *, sum(stored) over in_order - stored as before from (
        select ${id}::text as record, row_number() over (order by ${id}) as nth, ${body} as body,
          coalesce(pg_column_size(${body}), 0) as stored, ${expiresAt} as expires_at
        from ${table}
        where ${id} is not null
          ${after === undefined ? sql`` : sql`and ${id} > ${after}::text::${sql.raw(idType)}`}
        order by ${id} limit ${batch}::int8
      ) as page
      window in_order as (order by nth rows unbounded preceding)
    ) as source
    where before < ${pageBytes}::int8
    order by source.nth`.execute(database)
  return rows
}

function expiryOf({ column, type }: { column: string; type: string }, name: string): RawBuilder<bigint> {
  switch (type) {
    case 'timestamp with time zone':
      return finite(column, millisecondsOf(sql.id(column)))
    case 'timestamp without time zone':
      return finite(column, millisecondsOf(sql`${sql.id(column)} at time zone 'UTC'`))
    default:
      throw misfit(`${name}.${column} is ${type}; an expiry is a timestamp (without a time zone: UTC)`)
  }
}

/** What never ends has no expiry, and what ended before all time has ended by 1970. */
function finite(column: string, milliseconds: RawBuilder<bigint>): RawBuilder<bigint> {
  return sql`case ${sql.id(column)} when 'infinity' then null when '-infinity' then 0 else ${milliseconds} end`
}

function refuse(why: string): never {
  throw misfit(why)
}

function misfit(why: string): StorageError {
  return new StorageError('storage_misconfigured', `bodies cannot be imported: ${why}`)
}
