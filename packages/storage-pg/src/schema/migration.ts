import type { RawBuilder } from 'kysely'
import type { Tables } from './tables.ts'

/** One step of the schema. */
export interface Migration {
  readonly version: number
  readonly name: string
  /**
   * What it does, in order, in a transaction of its own: it happens whole or not at all. Pure and without parameters, so that
   * the same statements can be printed as a script.
   */
  readonly statements: (tables: Tables) => readonly RawBuilder<unknown>[]
}
