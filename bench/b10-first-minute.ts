// B10: the first minute. A process starts, opens its storage, creates a host and stores an event: how long is that?
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStorage } from '@perdure/storage-pg'
import type { Benchmark, Contender, Round, Runner, Setting, Target } from './harness/benchmark.ts'
import { quantile } from './harness/statistics.ts'

const script = join(import.meta.dirname, 'contenders', 'first-event.mjs')
const fresh = 'PGlite, fresh directory'
const reopened = 'PGlite, reopened'
const postgres = 'Postgres, schema in place'

/** Starts the process. @returns milliseconds from there until its event has committed */
async function firstEvent(url: string, id: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [script, url, id], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let committedAt = 0
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    committedAt ||= performance.now()
    said += text
  })
  const [code] = (await exited) as [number | null]
  if (code !== 0 || said !== '1\n') throw new Error(`the process left with ${code} and said: ${said}`)
  return committedAt - startedAt
}

async function measure(starts: number, start: () => Promise<number>): Promise<Round> {
  const latenciesMs = new Float64Array(starts)
  let elapsedMs = 0
  for (let index = 0; index < starts; index++) {
    const ms = await start()
    latenciesMs[index] = ms
    elapsedMs += ms
  }
  // The processor time is that of other processes, and not measured.
  return { operations: starts, elapsedMs, cpuMs: 0, latenciesMs: latenciesMs.sort() }
}

function startsOf({ isQuick }: Setting): number {
  return isQuick ? 1 : 3
}

async function prepareFresh(setting: Setting): Promise<Runner> {
  const parent = await mkdtemp(join(tmpdir(), 'perdure-bench-'))
  let directories = 0
  return {
    round: () =>
      measure(startsOf(setting), async () => {
        const directory = join(parent, `${directories++}`)
        const ms = await firstEvent(`pglite://${directory}`, 'n')
        // Each is tens of megabytes.
        if (directories > 1) await rm(join(parent, `${directories - 2}`), { recursive: true })
        return ms
      }),
    verify: async () => verifyCount(`pglite://${join(parent, `${directories - 1}`)}`, 1),
    close: () => rm(parent, { recursive: true, force: true }),
  }
}

/** A storage that is there already; each start adds an event to it. */
async function prepareExisting(setting: Setting, url: string, close: () => Promise<void>): Promise<Runner> {
  let events = 0
  const start = (): Promise<number> => firstEvent(url, `n-${events++}`)
  await start()
  return {
    round: () => measure(startsOf(setting), start),
    verify: () => verifyCount(url, events),
    close,
  }
}

async function verifyCount(url: string, expected: number): Promise<void> {
  const storage = await openStorage(url)
  const { events } = await storage.stats()
  await storage.close()
  if (events !== expected) throw new Error(`${events} events are stored of ${expected}`)
}

async function prepareReopened(setting: Setting): Promise<Runner> {
  const parent = await mkdtemp(join(tmpdir(), 'perdure-bench-'))
  const close = (): Promise<void> => rm(parent, { recursive: true, force: true })
  return prepareExisting(setting, `pglite://${join(parent, 'data')}`, close)
}

async function preparePostgres(setting: Setting): Promise<Runner> {
  return prepareExisting(setting, await setting.database(), async () => {})
}

function contender(name: string, prepare: Contender['prepare']): Contender {
  return { name, prepare }
}

function target(name: string, atMost: number): Target {
  return {
    label: name,
    goal: { atMost },
    unit: 'ms',
    valueOf: (repeat) => {
      const latenciesMs = repeat.get(name)?.latenciesMs
      return latenciesMs && quantile(latenciesMs, 0.5)
    },
  }
}

/** See measure: the first minute. */
export const benchmark: Benchmark = {
  name: 'b10-first-minute',
  question: 'How long from the start of a process to its first committed event?',
  operations: 'starts',
  contenders: [
    contender(fresh, prepareFresh),
    contender(reopened, prepareReopened),
    contender(postgres, preparePostgres),
  ],
  targets: [target(fresh, 2_500), target(reopened, 1_000), target(postgres, 400)],
}
