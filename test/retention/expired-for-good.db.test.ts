// How content really leaves: a field whose events hold it by reference alone, with a lifetime. From its expiry on nobody reads it,
// before any sweep too; after the sweep no row of any table holds it, and replay comes to the same state without it.
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import type { Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'

const { spec } = parseSpec(`
[automaton]
name = "Letter"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]

[[state]]
name = "text"
overflow_inline_max_bytes = 16
overflow_journal = "ref"
overflow_ttl_seconds = 60

[[state]]
name = "count"
type = "counter"

[[action]]
name = "Write"
params = ["text"]
effect = "count += 1"

[[action]]
name = "Count"
effect = "count += 1"
`)

const secret = 'to be read by nobody after a minute'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

let now = 1_780_000_000_000
const clock = {
  now: () => now,
  setTimeout: (run: () => void, ms: number): unknown => setTimeout(run, ms),
  clearTimeout: (handle: unknown): void => clearTimeout(handle as NodeJS.Timeout),
}

async function start(storage: Storage): Promise<Host> {
  if (spec === undefined) throw new Error('the spec is wrong')
  const host = await createHost({ specs: [spec], storage, clock, keepStorageOpen: true })
  onTestFinished(() => host.stop().then(() => {}))
  return host
}

/** The tables that hold the text in some column, as text or as bytes; the content is too short to be compressed. */
async function tablesWithSecret(): Promise<readonly string[]> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'perdure'`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await database.query<Record<string, unknown>>(`select * from perdure.${name}`)
    const texts = rows.flatMap((row) =>
      Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString() : JSON.stringify(value))),
    )
    if (texts.some((text) => text?.includes(secret))) found.push(name)
  }
  return found
}

const openers: readonly (readonly [string, () => Promise<Storage>])[] = [
  ['memory', () => Promise.resolve(openMemoryStorage())],
  ['PGlite', () => openStorage('pglite://memory', { clock })],
  ['PostgreSQL', () => openStorage(database.url, { clock })],
]

describe.each(openers)('content held by reference, with a lifetime, on %s', (name, open) => {
  it('is gone for good after it, from the reads at once and from the database with a sweep; replay does without', async () => {
    const storage = await open()
    onTestFinished(() => storage.close())
    const host = await start(storage)
    const letter = await host.spawn('Letter', { id: 'l-1' })
    await letter.ask('Write', { text: secret })
    expect(await letter.readField('text')).toBe(secret)
    if (name === 'PostgreSQL') expect(await tablesWithSecret()).toEqual(['blobs'])

    now += 60_000
    await expect(letter.readField('text')).rejects.toMatchObject({ reason: 'expired' })
    expect(await storage.stats()).toMatchObject({ blobs: 1, refs: 1 })
    const { state } = await letter.ask('Count')
    await host.sweep()
    expect(await storage.stats()).toMatchObject({ blobs: 0, refs: 0, events: 3 })
    if (name === 'PostgreSQL') expect(await tablesWithSecret()).toEqual([])

    const again = (await start(storage)).entity('Letter', 'l-1')
    expect({ ...(await again.state()) }).toEqual({ ...state })
    expect(state.counters['count']).toBe(2)
    await expect(again.readField('text')).rejects.toMatchObject({ reason: 'expired' })
    expect(await storage.stats()).toMatchObject({ blobs: 0, refs: 0 })
    expect((await storage.verify()).findings).toEqual([])
  })
})
