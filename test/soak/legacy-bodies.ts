// A table as an application had it: one row a record with the body inline. Imported by kill-import.ts and its workers.
import type { ImportOptions } from '@perdure/storage-pg'
import type { TestDatabase } from '../setup/database.ts'

/** Records, of which some share a body, some have none and some are over; imported in pages of ten. */
export const records = 45

/** By record, what must be found in the end. */
export const expectedBodies: ReadonlyMap<string, string> = new Map(
  Array.from({ length: records }, (_, index) => index + 1)
    .filter((n) => n % 9 !== 0)
    .map((n) => [`r-${String(n).padStart(3, '0')}`, n > 30 ? 'shared' : `body ${n} `.repeat(n * 20)]),
)

/** Makes the table. */
export async function createBodies(database: TestDatabase): Promise<void> {
  await database.query('create table public.bodies (id text primary key, body text, until timestamptz)')
  await database.query(`
    insert into public.bodies
    select 'r-' || lpad(n::text, 3, '0'),
      case when n % 18 = 0 then null when n > 30 then 'shared' else repeat('body ' || n || ' ', n * 20) end,
      case when n % 18 = 9 then now() - interval '1 day' end
    from generate_series(1, ${records}) as n`)
}

/** An import of it. */
export function importOf(schema: string): ImportOptions {
  return {
    table: 'bodies',
    idColumn: 'id',
    bodyColumn: 'body',
    expiresColumn: 'until',
    batch: 10,
    schema,
  }
}
