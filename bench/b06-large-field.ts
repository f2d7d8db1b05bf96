// B6: large fields. What an overflowed value of 200 KB costs: canonical JSON, its hash, the codec and the insert, beside just
// these done by hand; and what a value costs that is stored already. Which codec: b17.
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { createHost } from '@perdure/actors'
import type { EntityRef } from '@perdure/actors'
import { canonicalJson, encodeContent, hashContent } from '@perdure/core'
import type { JsonValue } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { Pool } from 'pg'
import { readSpec } from './contenders/perdure.ts'
import { transcript } from './contenders/transcripts.ts'
import type { Benchmark, Contender, Runner, Setting, Target } from './harness/benchmark.ts'
import { rateOf, rateRatio } from './harness/benchmark.ts'
import { runClosedLoop } from './harness/closed-loop.ts'

const valueBytes = 200_000
const inFlight = 16

/** The value is in the blob alone: what is compared is the way of one value, not of two. */
const spec = readSpec(`
  [automaton]
  name = "Session"
  states = ["Open"]
  initial = "Open"

  [[state]]
  name = "transcript"
  type = "json"
  overflow_inline_max_bytes = 4096
  overflow_journal = "ref"

  [[action]]
  name = "Record"
  params = ["transcript"]
`)

/** Values of a round; each round of distinct ones has its own. */
function valuesOf(round: number, count: number, isDistinct: boolean): readonly JsonValue[] {
  if (!isDistinct) return Array.from({ length: count }, () => transcript(0, valueBytes))
  return Array.from({ length: count }, (_, index) => transcript(1 + round * count + index, valueBytes))
}

function countOf({ isQuick }: Setting): number {
  return isQuick ? 64 : 400
}

function perdure(isDistinct: boolean): Contender['prepare'] {
  return async (setting): Promise<Runner> => {
    const url = await setting.database()
    const storage = await openStorage(url)
    const host = await createHost({ specs: [spec], storage })
    const refs = await Promise.all(
      Array.from({ length: inFlight }, (_, index) => host.spawn('Session', { id: `s-${index}` })),
    )
    const last = new Map<EntityRef, JsonValue>()
    const hashes = new Set<string>()
    let rounds = 0
    return {
      round: async () => {
        const values = valuesOf(rounds++, countOf(setting), isDistinct)
        const round = await runClosedLoop({
          operations: values.length,
          inFlight,
          operate: async (index, worker) => {
            const [ref, value] = [refs[worker], values[index]]
            if (ref === undefined || value === undefined) throw new RangeError(`there is no value ${index}`)
            await ref.ask('Record', { transcript: value })
            last.set(ref, value)
          },
        })
        for (const value of values) hashes.add(encodeContent(value).hash)
        const { blobBytes, storedBytes } = await host.stats()
        return { ...round, figures: { stored: storedBytes / blobBytes } }
      },
      verify: async () => {
        const { blobs } = await host.stats()
        if (blobs !== hashes.size) throw new Error(`${hashes.size} values were sent and ${blobs} are stored`)
        for (const [ref, value] of last) {
          const read = await ref.readField('transcript')
          if (read === undefined || canonicalJson(read) !== canonicalJson(value))
            throw new Error(`${ref.id} does not hold what it was asked to`)
        }
      },
      close: () => host.stop(),
    }
  }
}

/** The same steps by hand: canonical JSON, SHA-256, brotli at quality 1, one insert. */
async function byHand(setting: Setting): Promise<Runner> {
  const pool = new Pool({ connectionString: await setting.database(), max: 10 })
  await pool.query('create table blobs (hash bytea primary key, size int8 not null, body bytea not null)')
  await pool.query('alter table blobs alter column body set storage external')
  const brotli = promisify(brotliCompress)
  let rounds = 0
  let stored = 0
  return {
    round: async () => {
      const values = valuesOf(rounds++, countOf(setting), true)
      stored += values.length
      return runClosedLoop({
        operations: values.length,
        inFlight,
        operate: async (index) => {
          const bytes = Buffer.from(canonicalJson(values[index] ?? null))
          const hash = Buffer.from(hashContent(bytes), 'hex')
          const body = await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
          await pool.query({
            name: 'insert_blob',
            text: 'insert into blobs (hash, size, body) values ($1, $2, $3)',
            values: [hash, bytes.length, body],
          })
        },
      })
    },
    verify: async () => {
      const { rows } = await pool.query<{ count: string }>('select count(*) from blobs')
      if (Number(rows[0]?.count) !== stored) throw new Error(`${stored} values were sent, not all are stored`)
    },
    close: () => pool.end(),
  }
}

const distinct = 'Perdure ask, distinct values'
const repeated = 'Perdure ask, one value again and again'
const raw = 'canonical JSON, SHA-256, brotli, insert'

/** Time of one operation against another's. */
function costRatio(of: string, to: string): Target['valueOf'] {
  return (repeat) => {
    const [one, other] = [repeat.get(of), repeat.get(to)]
    return one && other && rateOf(other) / rateOf(one)
  }
}

/** See measure: values of 200 KB above the ceiling. */
export const benchmark: Benchmark = {
  name: 'b06-large-field',
  question: 'What does a field value of 200 KB cost, new and known?',
  operations: 'values',
  contenders: [
    { name: distinct, prepare: perdure(true) },
    { name: repeated, prepare: perdure(false) },
    { name: raw, prepare: byHand },
  ],
  targets: [
    { label: 'Perdure ÷ by hand', goal: { atLeast: 0.5 }, valueOf: rateRatio(distinct, raw) },
    {
      label: 'cost of a repeated value ÷ a distinct one',
      goal: { atMost: 0.3 },
      valueOf: costRatio(repeated, distinct),
    },
    {
      label: 'bytes at rest ÷ bytes given',
      goal: { atMost: 0.2 },
      valueOf: (repeat) => repeat.get(distinct)?.figures?.['stored'],
    },
  ],
}
