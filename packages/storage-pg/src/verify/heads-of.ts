// The heads of a page of rows, for the parts of an audit: looked up after the page, by key, since a page that is limited is
// joined to nothing on a database of several servers.
import { sql } from 'kysely'
import { headColumns } from '../load/load-statements.ts'
import type { HeadColumns } from '../load/load-statements.ts'
import type { StorageContext } from '../storage-context.ts'

/** A head, with what it is the head of. */
export interface NamedHead extends HeadColumns {
  readonly stream: string
  readonly tenant: string
  readonly type: string
  readonly id: string
}

/** The heads that there are of these streams, by stream. */
export async function headsOf(
  { database, tables }: StorageContext,
  rows: readonly { readonly stream: string }[],
): Promise<ReadonlyMap<string, NamedHead>> {
  const streams = [...new Set(rows.map(({ stream }) => stream))]
  if (streams.length === 0) return new Map()
  const found = await sql<NamedHead>`
    select head.stream, head.tenant, head.type, head.id, ${headColumns} from ${tables.entities} as head
    where head.stream = any(${streams}::uuid[])`.execute(database)
  return new Map(found.rows.map((head) => [head.stream, head]))
}
