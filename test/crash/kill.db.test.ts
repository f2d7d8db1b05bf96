// A real process is killed at random moments, with many commands in flight, against a real server; then everything that
// is stored is compared with what it said.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createHost } from '@perdure/actors'
import { canonicalJson, compileModel, evolve, hashContent, unborn } from '@perdure/core'
import type { EntityEvent, JsonValue } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'
import { commandOf, ledgerIds, ledgerSpec } from './crash-commands.ts'
import { seededRandom } from './seeded-random.ts'

const kills = 20
const worker = fileURLToPath(new URL('crash-worker.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the workers said, all together. */
interface Said {
  readonly tried: Set<number>
  readonly acknowledged: Set<number>
}

/** A worker that has started and waits to be told what to do: starting takes longer than working. */
interface StandBy {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly complaints: string[]
}

function standBy(): StandBy {
  const flags = ['--import', 'tsx', '--conditions', '@perdure/source']
  const child = spawn(process.execPath, [...flags, worker], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
  const complaints: string[] = []
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()))
  return { child, complaints }
}

/** Lets a worker work until it has said so many lines, then kills it. */
async function runAndKill(
  { child, complaints }: StandBy,
  url: string,
  said: Said,
  lines: number,
): Promise<void> {
  const doubtful = [...said.tried].filter((n) => !said.acknowledged.has(n))
  const first = Math.max(-1, ...said.tried) + 1
  const exited = once(child, 'exit')
  child.stdin.write(`${JSON.stringify({ url, first, doubtful })}\n`)
  let count = 0
  // Everything that got into the pipe before the end is read, after the kill too.
  for await (const line of createInterface(child.stdout)) {
    const [what, n] = line.split(' ')
    ;(what === 'ACK' ? said.acknowledged : said.tried).add(Number(n))
    if (++count === lines) child.kill('SIGKILL')
  }
  const [, signal] = (await exited) as [number | null, string | null]
  expect(signal, complaints.join('')).toBe('SIGKILL')
}

/** The server may still be at work for a process that is gone. */
async function waitUntilAlone(database: TestDatabase): Promise<void> {
  for (;;) {
    const others = await database.query(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    if (others.length === 0) return
    await sleep(20)
  }
}

it(
  'keeps every acknowledged command, once, and whole entities, through twenty kills',
  { timeout: 180_000 },
  async () => {
    const seed = Number(process.env['PERDURE_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
    const random = seededRandom(seed)
    const database = await createTestDatabase()
    const said: Said = { tried: new Set(), acknowledged: new Set() }
    let next = standBy()
    onTestFinished(() => void next.child.kill('SIGKILL'))
    for (let kill = 0; kill < kills; kill++) {
      const now = next
      next = standBy()
      await runAndKill(now, database.url, said, 1 + Math.floor(random() ** 2 * 1_000))
    }
    next.child.kill('SIGKILL')
    await waitUntilAlone(database)

    const because = `PERDURE_SEED=${seed}`
    const storage = await openStorage(database.url)
    const host = await createHost({ specs: [ledgerSpec], storage })
    const events = (
      await Promise.all(ledgerIds.map((id) => storage.readEvents({ tenant: 'default', type: 'Ledger', id })))
    ).flat()
    const keys = events.flatMap(({ correlationId }) => correlationId ?? [])
    const keysOf = (numbers: Iterable<number>) => Array.from(numbers, (n) => commandOf(n).key)

    expect(said.acknowledged.size, because).toBeGreaterThan(kills)
    expect(new Set(keys).size, `${because}: none twice`).toBe(keys.length)
    expect(without(keysOf(said.acknowledged), keys), `${because}: acknowledged and not stored`).toEqual([])
    expect(without(keys, keysOf(said.tried)), `${because}: stored and never tried`).toEqual([])
    for (const event of events) if (event.correlationId !== undefined) expectAsAsked(event)

    const model = compileModel(ledgerSpec)
    for (const id of ledgerIds) {
      const stream = events.filter((event) => event.id === id)
      expect(
        stream.map(({ sequence }) => sequence),
        because,
      ).toEqual(stream.map((_, index) => index + 1))
      const state = await host.entity('Ledger', id).state()
      expect({ ...state }, because).toEqual(evolve(model, unborn, stream).state)
      for (const [field, { hash }] of Object.entries(state.refs)) {
        const value = await host.entity('Ledger', id).readField(field)
        expect(hashContent(canonicalJson(value as JsonValue)), because).toBe(hash)
      }
    }
    const [positions] = await database.query<{ count: string; least: string; most: string }>(
      `select count(distinct position) as count, min(position) as least, max(position) as most from perdure.events`,
    )
    const all = String(events.length)
    expect(positions, `${because}: positions are dense`).toEqual({ count: all, least: '1', most: all })
    await host.stop()
    await database.drop()
  },
)

/** What is stored under a command's key is that command. */
function expectAsAsked(event: EntityEvent): void {
  const { entity, action, params } = commandOf(Number(event.correlationId?.replace('command-', '')))
  const names = [...Object.keys(event.params), ...Object.keys(event.paramRefs ?? {})]
  expect({ id: event.id, action: event.action, names }).toEqual({
    id: entity,
    action,
    names: Object.keys(params),
  })
}

function without(keys: readonly string[], others: readonly string[]): readonly string[] {
  const held = new Set(others)
  return keys.filter((key) => !held.has(key))
}
