// What the rest of the package knows of a database: a Kysely to speak through and a way to close it.
import type { StorageCapabilities } from '@perdure/core'
import type { Kysely } from 'kysely'

/**
 * The database behind a storage. No table types are given to Kysely: every statement states its own row, since each
 * table is named with the schema of the storage.
 */
export type Database = Kysely<unknown>

/** An open connection to PostgreSQL or an open PGlite. */
export interface Engine {
  readonly database: Database
  readonly capabilities: StorageCapabilities
  close(): Promise<void>
}
