// References: each to content that is stored, and of an entity that is there. The foreign key sees to the first as long as
// nobody takes it away, or loads a dump without it.
import type { VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'
import { headsOf } from './heads-of.ts'

interface RefRow extends BlobKeyRow {
  readonly stream: string
  readonly owner: string
}

/** Reads pages of references. */
export function checkReferences(context: StorageContext, batch: number): ReadPage<RefRow> {
  const { database, tables } = context
  return async (after) => {
    const from =
      after === undefined
        ? sql``
        : sql`where (tenant, hash, stream, owner) >
            (${after.tenant}::text, ${after.hash}::bytea, ${after.stream}::uuid, ${after.owner}::text)`
    const { rows } = await sql<RefRow>`
      select tenant, hash, stream, owner from ${tables.blobRefs} ${from}
      order by tenant, hash, stream, owner limit ${batch}::int8`.execute(database)
    const [blobs, heads] = await Promise.all([storedOf(context, rows), headsOf(context, rows)])
    return {
      rows: rows.length,
      last: rows.length < batch ? undefined : rows.at(-1),
      findings: rows.flatMap((row) => checkRef(row, blobs.has(keyOf(row)), heads.has(row.stream))),
    }
  }
}

/** Which of their contents are stored. */
async function storedOf(
  { database, statements }: StorageContext,
  refs: readonly RefRow[],
): Promise<ReadonlySet<string>> {
  const distinct = [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()]
  const { rows } = await statements.contents.findBlobs.run(database, [
    distinct.map(({ tenant }) => tenant),
    distinct.map(({ hash }) => hash),
  ])
  return new Set(rows.map(keyOf))
}

function keyOf({ tenant, hash }: BlobKeyRow): string {
  return `${hash.toString('hex')} ${tenant}`
}

function checkRef(
  { tenant, hash, stream, owner }: RefRow,
  hasBlob: boolean,
  hasHead: boolean,
): readonly VerifyFinding[] {
  const place = { tenant, hash: hash.toString('hex'), stream, field: owner }
  return [
    ...(hasBlob ? [] : [{ kind: 'dangling_reference', ...place } as const]),
    ...(hasHead ? [] : [{ kind: 'reference_without_head', ...place } as const]),
  ]
}
