// B17: codecs for bodies at rest. What each leaves of a body and what processor time it takes, by kind of content: a whole
// transcript, and what each of its tools answers. The choice that `encodeBody` makes rests on it.
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { canonicalJson } from '@perdure/core'
import { contentOf, contentKinds } from './contenders/contents.ts'
import type { ContentKind } from './contenders/contents.ts'
import type { Benchmark, Contender, Repeat, Round, Runner, Target } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'

const valueBytes = 100_000

type Encode = (bytes: Uint8Array) => Promise<Uint8Array>

const brotliAt =
  (quality: number): Encode =>
  (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    })
const gzipAt =
  (level: number): Encode =>
  (bytes) =>
    promisify<Uint8Array, { readonly level: number }, Buffer>(gzip)(bytes, { level })

const codecs: Readonly<Record<string, Encode>> = {
  'brotli 1': brotliAt(1),
  'brotli 2': brotliAt(2),
  'brotli 4': brotliAt(4),
  'brotli 6': brotliAt(6),
  'gzip 1': gzipAt(1),
  'gzip 6': gzipAt(6),
}

/** One value after another, on the thread pool as the storage does it. */
function codec(encode: Encode, kind: ContentKind): Contender['prepare'] {
  return async ({ isQuick }): Promise<Runner> => {
    const count = isQuick ? 10 : 60
    const bodies = Array.from({ length: count }, (_, seed) =>
      Buffer.from(canonicalJson(contentOf(kind, seed, valueBytes))),
    )
    const before = bodies.reduce((sum, { length }) => sum + length, 0)
    let after = 0
    return {
      round: async (): Promise<Round> => {
        after = 0
        const round = await timeRound(bodies.length, async () => {
          for (const body of bodies) after += (await encode(body)).length
        })
        return { ...round, figures: { stored: after / before } }
      },
      verify: async () => {
        if (after === 0) throw new Error('the values were encoded to nothing')
      },
      close: async () => {},
    }
  }
}

const pairs = contentKinds.flatMap((kind) =>
  Object.entries(codecs).map(([name, encode]) => ({ name: `${kind}, ${name}`, encode, kind })),
)

/** Bytes at rest by bytes given. */
const shares: readonly Target[] = pairs.map(({ name }) => ({
  label: `left of ${name}`,
  goal: { atLeast: 0 },
  valueOf: (repeat: Repeat) => repeat.get(name)?.figures?.['stored'],
}))

/** See measure: the codec registry chooses by measurement. */
export const benchmark: Benchmark = {
  name: 'b17-codecs',
  question: 'What does a codec leave of 100 KB, and at what price?',
  operations: 'values',
  contenders: pairs.map(({ name, encode, kind }) => ({ name, prepare: codec(encode, kind) })),
  targets: shares,
}
