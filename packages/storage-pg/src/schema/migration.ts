import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** One step of the schema. */
export interface Migration {
  readonly version: number
  readonly name: string
  /** Runs in a transaction of its own: it happens whole or not at all. */
  apply(transaction: Kysely<unknown>, tables: Tables): Promise<void>
}
