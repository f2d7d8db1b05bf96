// Bodies as they lie in the table, put there by other versions, or by somebody who means harm.
import { gzipSync } from 'node:zlib'
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { brotliBomb } from './fixtures/brotli-bomb.ts'
import { blobOf, counter, unitOf } from './make.ts'

let database: TestDatabase
let storage: Storage
let entities = 0

const blob = blobOf('a body of which much is said again and again; '.repeat(200))
const { bytes } = blob

beforeAll(async () => {
  database = await createTestDatabase()
  storage = await openStorage(database.url)
})

afterAll(async () => {
  await storage.close()
  await database.drop()
})

beforeEach(async () => {
  const claims = [{ field: 'f', hash: blob.hash }]
  await database.query('delete from perdure.blob_refs')
  await database.query('delete from perdure.blobs')
  await storage.commit([unitOf(counter(`c-${++entities}`), 0, { blobs: [blob], claims })])
})

async function replaceBody(codec: string, body: Uint8Array): Promise<void> {
  const values = [codec, Buffer.from(body), body.length]
  await database.query('update perdure.blobs set codec = $1, body = $2, stored_size = $3', values)
}

describe('a body at rest', () => {
  it.each<[codec: string, body: Uint8Array]>([
    ['identity', bytes],
    ['gzip', gzipSync(bytes)],
  ])('that was stored with another codec is read as what it is, and verified: %s', async (codec, body) => {
    await replaceBody(codec, body)
    expect(Buffer.from((await storage.readBlob('default', blob.hash)) ?? [])).toEqual(Buffer.from(bytes))
    expect((await storage.verify()).findings).toEqual([])
  })

  it('that would grow to 1 GiB is corrupt, and is not let grow: not read, nor verified', async () => {
    await replaceBody('brotli', brotliBomb)
    const before = process.resourceUsage().maxRSS
    await expect(storage.readBlob('default', blob.hash)).rejects.toMatchObject({ code: 'corrupt_blob' })
    expect((await storage.verify()).findings).toMatchObject([{ hash: blob.hash }])
    // Kilobytes; inflating it takes a million of them.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(256 * 1024)
  })

  it('that decodes to something else of the same length is corrupt', async () => {
    const other = Uint8Array.from(bytes)
    other[5] = (other[5] ?? 0) ^ 1
    await replaceBody('gzip', gzipSync(other))
    await expect(storage.readBlob('default', blob.hash)).rejects.toMatchObject({ code: 'corrupt_blob' })
  })

  it('that was cut anywhere is corrupt', async () => {
    const [row] = await database.query<{ codec: string; body: Buffer }>(
      'select codec, body from perdure.blobs',
    )
    if (row === undefined) throw new Error('there is no blob')
    for (let length = 0; length < row.body.length; length += 7) {
      await replaceBody(row.codec, row.body.subarray(0, length))
      await expect(storage.readBlob('default', blob.hash)).rejects.toMatchObject({ code: 'corrupt_blob' })
    }
  })
})
