// Deletes a tenant's blobs that nothing refers to, marked or not, without the grace that a sweep gives them.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import type { Tables } from '../schema/tables.ts'
import type { StorageContext } from '../storage-context.ts'

const batch = 500

/**
 * Goes through them by key, a transaction a batch. Locking them first and looking for references in a second statement, with
 * a snapshot of its own, is what makes it exact, as for a sweep: whoever adds a reference holds the blob's row.
 */
export async function deleteUnreferenced(context: StorageContext, tenant: string): Promise<void> {
  let after: Buffer | undefined
  do after = await deleteBatch(context, tenant, after)
  while (after !== undefined)
}

/** @returns where the next batch goes on; undefined after the last */
function deleteBatch(
  { database, tables }: StorageContext,
  tenant: string,
  after: Buffer | undefined,
): Promise<Buffer | undefined> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<BlobKeyRow>`
      select blob.hash from ${tables.blobs} as blob
      where blob.tenant = ${tenant}::text and ${unreferenced(tables)}
        ${after === undefined ? sql`` : sql`and blob.hash > ${after}::bytea`}
      order by blob.hash limit ${batch}::int8
      for update`.execute(transaction)
    await sql`
      delete from ${tables.blobs} as blob using unnest(${rows.map(({ hash }) => hash)}::bytea[]) as key (hash)
      where blob.tenant = ${tenant}::text and blob.hash = key.hash and ${unreferenced(tables)}`.execute(
      transaction,
    )
    return rows.length < batch ? undefined : rows.at(-1)?.hash
  })
}

function unreferenced(tables: Tables): RawBuilder<boolean> {
  return sql`not exists (
    select from ${tables.blobRefs} as ref where ref.tenant = blob.tenant and ref.hash = blob.hash
  )`
}
