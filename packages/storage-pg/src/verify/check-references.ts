// References: each to content that is stored, and of an entity that is there. The foreign key sees to the first as long as
// nobody takes it away, or loads a dump without it.
import type { VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'

interface RefRow {
  readonly tenant: string
  readonly hash: Buffer
  readonly stream: string
  readonly owner: string
  readonly hasBlob: boolean
  readonly hasHead: boolean
  readonly total: bigint
}

/** Reads pages of references; of a sound one only what counts it comes back. */
export function checkReferences({ database, tables }: StorageContext, batch: number): ReadPage<RefRow> {
  return async (after) => {
    const from =
      after === undefined
        ? sql``
        : sql`where (tenant, hash, stream, owner) >
            (${after.tenant}::text, ${after.hash}::bytea, ${after.stream}::uuid, ${after.owner}::text)`
    const { rows } = await sql<RefRow>`
      select tenant, hash, stream, owner, "hasBlob", "hasHead", total from (
        select ref.tenant, ref.hash, ref.stream, ref.owner, ref.nth, ref.total,
          exists (select from ${tables.blobs} as blob where blob.tenant = ref.tenant and blob.hash = ref.hash) as "hasBlob",
          exists (select from ${tables.entities} as head where head.stream = ref.stream) as "hasHead"
        from (
          select *, row_number() over (order by tenant, hash, stream, owner) as nth, count(*) over () as total from (
            select tenant, hash, stream, owner from ${tables.blobRefs} ${from}
            order by tenant, hash, stream, owner limit ${batch}::int8
          ) as page
        ) as ref
      ) as checked
      where not "hasBlob" or not "hasHead" or nth = total
      order by tenant, hash, stream, owner`.execute(database)
    const total = Number(rows[0]?.total ?? 0n)
    return { rows: total, last: total < batch ? undefined : rows.at(-1), findings: rows.flatMap(checkRef) }
  }
}

function checkRef({ tenant, hash, stream, owner, hasBlob, hasHead }: RefRow): readonly VerifyFinding[] {
  const place = { tenant, hash: hash.toString('hex'), stream, field: owner }
  return [
    ...(hasBlob ? [] : [{ kind: 'dangling_reference', ...place } as const]),
    ...(hasHead ? [] : [{ kind: 'reference_without_head', ...place } as const]),
  ]
}
