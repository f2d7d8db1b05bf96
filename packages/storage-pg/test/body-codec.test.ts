import { randomBytes } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { brotliBomb } from './fixtures/brotli-bomb.ts'
import { compressAboveBytes, decodeBody, encodeBody } from '../src/blobs/body-codec.ts'

const text = Buffer.from('{"role":"user","content":"again"}'.repeat(500))

describe('bodies at rest', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a short text', Buffer.from('"short"')],
    ['a text at the limit', Buffer.alloc(compressAboveBytes, 'x')],
    ['a text above the limit', Buffer.alloc(compressAboveBytes + 1, 'x')],
    ['a long text', text],
    ['noise', randomBytes(100_000)],
  ])('come back as they went in: %s', async (_, bytes) => {
    const encoded = await encodeBody(bytes)
    expect(encoded.bytes.length).toBeLessThanOrEqual(bytes.length)
    expect(await decodeBody(encoded, bytes.length)).toEqual(bytes)
  })

  it('are compressed above 1 KiB, and only when that makes them smaller', async () => {
    expect((await encodeBody(Buffer.alloc(compressAboveBytes, 'x'))).codec).toBe('identity')
    expect((await encodeBody(Buffer.alloc(compressAboveBytes + 1, 'x'))).codec).toBe('brotli')
    expect((await encodeBody(randomBytes(100_000))).codec).toBe('identity')
  })

  it('stay readable when another codec wrote them', async () => {
    expect(await decodeBody({ codec: 'gzip', bytes: gzipSync(text) }, text.length)).toEqual(text)
  })

  it('never grow beyond the size they are stored under', async () => {
    const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }
    const bomb = brotliCompressSync(Buffer.alloc(32 * 1024 * 1024), quick)
    expect(await decodeBody({ codec: 'brotli', bytes: bomb }, 1_000)).toBeUndefined()
    expect(await decodeBody({ codec: 'gzip', bytes: gzipSync(text) }, text.length - 1)).toBeUndefined()
  })

  it('are not inflated beyond it: a bomb of 1 GiB in 809 bytes takes no memory', async () => {
    const before = process.resourceUsage().maxRSS
    for (const size of [1, 1_000, 1_000_000])
      expect(await decodeBody({ codec: 'brotli', bytes: brotliBomb }, size)).toBeUndefined()
    // Kilobytes; inflating it takes a million of them.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(256 * 1024)
  })

  it('are not decoded when they are damaged, cut short or of an unknown codec', async () => {
    const { bytes } = await encodeBody(text)
    expect(await decodeBody({ codec: 'brotli', bytes: bytes.subarray(0, -5) }, text.length)).toBeUndefined()
    expect(await decodeBody({ codec: 'brotli', bytes: Buffer.from('not brotli') }, 10)).toBeUndefined()
    expect(await decodeBody({ codec: 'constructor', bytes: text }, text.length)).toBeUndefined()
  })
})
