// The tables of one storage, as statements name them: qualified, since nothing may hang on a session's search path.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

/** Qualified names, for use in `sql` templates. */
export interface Tables {
  /** Its name, unquoted. */
  readonly schema: string
  readonly entities: RawBuilder<unknown>
  readonly events: RawBuilder<unknown>
  readonly snapshots: RawBuilder<unknown>
  readonly blobs: RawBuilder<unknown>
  readonly blobRefs: RawBuilder<unknown>
  readonly logHead: RawBuilder<unknown>
  readonly consumers: RawBuilder<unknown>
  readonly erasures: RawBuilder<unknown>
  readonly erasedPositions: RawBuilder<unknown>
  readonly bodyImports: RawBuilder<unknown>
  readonly importedBodies: RawBuilder<unknown>
  readonly routerSeats: RawBuilder<unknown>
  readonly routerRequests: RawBuilder<unknown>
  readonly hosts: RawBuilder<unknown>
  readonly migrations: RawBuilder<unknown>
}

/** @param schema - checked by `checkSchemaName` */
export function tablesOf(schema: string): Tables {
  return {
    schema,
    entities: sql.id(schema, 'entities'),
    events: sql.id(schema, 'events'),
    snapshots: sql.id(schema, 'snapshots'),
    blobs: sql.id(schema, 'blobs'),
    blobRefs: sql.id(schema, 'blob_refs'),
    logHead: sql.id(schema, 'log_head'),
    consumers: sql.id(schema, 'consumers'),
    erasures: sql.id(schema, 'erasures'),
    erasedPositions: sql.id(schema, 'erased_positions'),
    bodyImports: sql.id(schema, 'body_imports'),
    importedBodies: sql.id(schema, 'imported_bodies'),
    routerSeats: sql.id(schema, 'router_seats'),
    routerRequests: sql.id(schema, 'router_requests'),
    hosts: sql.id(schema, 'hosts'),
    migrations: sql.id(schema, 'migrations'),
  }
}
