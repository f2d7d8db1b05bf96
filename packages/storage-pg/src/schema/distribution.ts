// How the tables spread over the nodes of a distributed PostgreSQL (Citus): which column decides, which tables lie together, and
// what must give way for it. `perdure storage distribute` prints or runs the statements; one server needs none of this.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Tables } from './tables.ts'

/** Where the rows of a table are. */
export type Distribution =
  /** On the node that the column's value says; rows of equal value in tables that lie together are on one node. */
  | { readonly kind: 'distributed'; readonly column: string; readonly with?: TableName }
  /** A copy on every node. */
  | { readonly kind: 'reference' }
  /** On the node that is connected to, as before. */
  | { readonly kind: 'local' }

/** A table of the schema, as `Tables` names it. */
export type TableName = Exclude<keyof Tables, 'schema'>

/**
 * Streams lie by stream, contents by hash: an entity knows the hash it claims or releases, a sweep joins references and contents
 * node by node, and the foreign key between them holds. The log's head, the notes of consumers and migrations are on every node.
 * In this order: a table is created before those that lie with it.
 */
export const distributions: Readonly<Record<TableName, Distribution>> = {
  entities: { kind: 'distributed', column: 'stream' },
  events: { kind: 'distributed', column: 'stream', with: 'entities' },
  snapshots: { kind: 'distributed', column: 'stream', with: 'entities' },
  erasures: { kind: 'distributed', column: 'stream', with: 'entities' },
  erasedPositions: { kind: 'distributed', column: 'stream', with: 'entities' },
  blobs: { kind: 'distributed', column: 'hash' },
  blobRefs: { kind: 'distributed', column: 'hash', with: 'blobs' },
  importedBodies: { kind: 'distributed', column: 'record' },
  bodyImports: { kind: 'reference' },
  logHead: { kind: 'reference' },
  consumers: { kind: 'reference' },
  hosts: { kind: 'reference' },
  migrations: { kind: 'reference' },
  routerSeats: { kind: 'local' },
  routerRequests: { kind: 'local' },
}

/**
 * Everything to be run, in order, in one transaction; running it again changes nothing. Two unique indexes lack the column that
 * decides, and become plain ones: positions are unique by construction, for the log's head hands them out, and a stream is
 * derived from tenant, type and id, so that its primary key keeps those apart. The foreign key is put back once both its tables
 * lie by hash.
 */
export function distributionStatements(tables: Tables): readonly RawBuilder<unknown>[] {
  const { schema, blobs, blobRefs, entities, events } = tables
  return [
    sql`set local citus.multi_shard_modify_mode to 'sequential'`,
    sql`alter table ${blobRefs} drop constraint if exists blob_refs_blob`,
    sql`drop index if exists ${sql.id(schema, 'entities_key')}`,
    sql`drop index if exists ${sql.id(schema, 'events_position')}`,
    ...Object.entries(distributions).flatMap(([name, distribution]) =>
      distribute(tables, name as TableName, distribution),
    ),
    sql`create index entities_key on ${entities} (tenant, type, id)`,
    sql`create index events_position on ${events} (position)`,
    sql`alter table ${blobRefs} add constraint blob_refs_blob
      foreign key (tenant, hash) references ${blobs} (tenant, hash)`,
  ]
}

/** Where each table lies, a line a table, for people. */
export function describeDistribution(): readonly string[] {
  return Object.entries(distributions).map(([name, distribution]) => {
    const table = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return `${table.padEnd(16)} ${placeOf(distribution)}`
  })
}

function placeOf(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'distributed':
      return `by ${distribution.column}`
    case 'reference':
      return 'on every node'
    case 'local':
      return 'on the coordinator'
  }
}

function distribute(
  tables: Tables,
  name: TableName,
  distribution: Distribution,
): readonly RawBuilder<unknown>[] {
  const table = regclass(tables[name])
  const isThere = sql`exists (select from pg_dist_partition where logicalrelid = ${table})`
  switch (distribution.kind) {
    case 'local':
      return []
    case 'reference':
      return [sql`select create_reference_table(${table}) where not ${isThere}`]
    case 'distributed': {
      const { column, with: other } = distribution
      const together = other === undefined ? sql.lit('none') : nameOf(tables[other])
      return [
        sql`select create_distributed_table(${table}, ${sql.lit(column)}, colocate_with => ${together})
        where not ${isThere}`,
      ]
    }
  }
}

function regclass(table: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`${nameOf(table)}::regclass`
}

/** The qualified name as a text literal; it holds no quote, for schema and table are plain names. */
function nameOf(table: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`'${table}'`
}
