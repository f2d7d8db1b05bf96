import { sql } from 'kysely'
import type { Engine } from '../src/connect/engine.ts'

/** Runs a statement on an open engine, behind the storage's back. */
export async function runSql<Row extends object>(engine: Engine, text: string): Promise<readonly Row[]> {
  return (await sql.raw<Row>(text).execute(engine.database)).rows
}
