// Reads a blob and makes sure that it is what it claims to be.
import { hashContent, StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import { decodeBody, isKnownCodec } from './body-codec.ts'

/** A blob as it is stored. */
export interface BlobRow {
  readonly size: bigint
  readonly codec: string
  readonly body: Uint8Array
}

/**
 * See `Storage.readBlob`.
 *
 * @throws StorageError `unknown_codec` for a body of a newer version; `corrupt_blob` unless length and SHA-256 are those it is stored under
 */
export async function readBlob(
  { database, tables }: StorageContext,
  tenant: string,
  hash: string,
): Promise<Uint8Array | undefined> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return undefined
  const { rows } = await sql<BlobRow>`
    select size, codec, body from ${tables.blobs}
    where tenant = ${tenant}::text and hash = ${Buffer.from(hash, 'hex')}::bytea`.execute(database)
  const [row] = rows
  if (row === undefined) return undefined
  if (!isKnownCodec(row.codec)) throw unknownCodec(tenant, hash, row.codec)
  const { bytes, fault } = await faultOf(hash, row)
  if (bytes === undefined || fault !== undefined) {
    const size = Number(row.size)
    throw new StorageError(
      'corrupt_blob',
      `blob ${hash} does not have the content it is stored under; a copy in an event or a backup can replace it`,
      { details: { tenant, hash, size, codec: row.codec } },
    )
  }
  return bytes
}

function unknownCodec(tenant: string, hash: string, codec: string): StorageError {
  const message = `blob ${hash} is stored with the codec "${codec}", which this version does not know: update @perdure/storage-pg`
  return new StorageError('unknown_codec', message, { details: { tenant, hash, codec } })
}

/** Decodes a blob and says what is wrong with it, if anything is; never makes more of it than the size it is stored under. */
export async function faultOf(
  hash: string,
  { size, codec, body }: BlobRow,
): Promise<{ readonly bytes?: Uint8Array; readonly fault?: 'undecodable' | 'length' | 'hash' }> {
  const bytes = await decodeBody({ codec, bytes: body }, Number(size))
  if (bytes === undefined) return { fault: 'undecodable' }
  if (bytes.length !== Number(size)) return { fault: 'length' }
  return hashContent(bytes) === hash ? { bytes } : { fault: 'hash' }
}
