// Blob bodies at rest. A codec's name is stored with each body, so old rows stay readable when the choice changes.
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gunzip } from 'node:zlib'

/** A body as it is stored. */
export interface EncodedBody {
  readonly codec: string
  readonly bytes: Uint8Array
}

/** Bodies up to this many bytes are stored as they are: what a codec saves there, the row's own weight eats. */
export const compressAboveBytes = 1024

/**
 * Encodes a body: brotli at quality 1 when that makes it smaller. On what agents keep it takes the least processor time of all
 * and leaves no more than gzip at level 1, half of it where records repeat their keys; brotli at 2 takes twice as long for a
 * twelfth less, at 4 three times as long for a ninth less (bench/b17).
 */
export async function encodeBody(bytes: Uint8Array): Promise<EncodedBody> {
  if (bytes.length <= compressAboveBytes) return { codec: 'identity', bytes }
  const compressed = await promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 1,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
  return compressed.length < bytes.length
    ? { codec: 'brotli', bytes: compressed }
    : { codec: 'identity', bytes }
}

/** Whether this version can read what was written with a codec. */
export function isKnownCodec(codec: string): boolean {
  return Object.hasOwn(decoders, codec)
}

/**
 * Decodes a body, never making more than `size` bytes of it, whatever it holds.
 *
 * @returns undefined when it cannot be decoded, or not within `size`
 */
export async function decodeBody(body: EncodedBody, size: number): Promise<Uint8Array | undefined> {
  const decode = isKnownCodec(body.codec) ? decoders[body.codec] : undefined
  try {
    return await decode?.(body.bytes, { maxOutputLength: Math.max(size, 1) })
  } catch {
    return undefined
  }
}

type Decoder = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>

const decoders: Readonly<Record<string, Decoder>> = {
  identity: async (bytes) => bytes,
  brotli: promisify<Uint8Array, { readonly maxOutputLength: number }, Buffer>(brotliDecompress),
  gzip: promisify<Uint8Array, { readonly maxOutputLength: number }, Buffer>(gunzip),
}
