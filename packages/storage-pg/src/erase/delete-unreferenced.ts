// Deletes a tenant's blobs that nothing refers to, marked or not, without the grace that a sweep gives them.
import { sql } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import { unnestKeys, unreferenced } from '../retention/collect-blobs.ts'
import type { StorageContext } from '../storage-context.ts'

const batch = 500

/** Goes through them by key, a transaction a batch. */
export async function deleteUnreferenced(context: StorageContext, tenant: string): Promise<void> {
  let after: Buffer | undefined
  do after = await deleteBatch(context, tenant, after)
  while (after !== undefined)
}

/**
 * Locking them first, by writing them, and looking for references in a second statement, with a snapshot of its own, is what
 * makes it exact, as for a sweep: whoever adds a reference holds the blob's row.
 *
 * @returns where the next batch goes on; undefined after the last
 */
async function deleteBatch(
  { database, statements, tables }: StorageContext,
  tenant: string,
  after: Buffer | undefined,
): Promise<Buffer | undefined> {
  const { rows } = await sql<BlobKeyRow>`
    select blob.tenant, blob.hash from ${tables.blobs} as blob
    where blob.tenant = ${tenant}::text and ${unreferenced(tables)}
      ${after === undefined ? sql`` : sql`and blob.hash > ${after}::bytea`}
    order by blob.hash limit ${batch}::int8`.execute(database)
  if (rows.length === 0) return undefined
  await database.transaction().execute(async (transaction) => {
    await statements.contents.holdBlobs.run(transaction, [
      rows.map((row) => row.tenant),
      rows.map(({ hash }) => hash),
    ])
    await sql`
      delete from ${tables.blobs} as blob using ${unnestKeys(rows)}
      where blob.tenant = key.tenant and blob.hash = key.hash and ${unreferenced(tables)}`.execute(
      transaction,
    )
  })
  return rows.length < batch ? undefined : rows.at(-1)?.hash
}
