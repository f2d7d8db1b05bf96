// Kills a real process again and again while it works, then compares everything that is stored with what it said. What a
// simulation cannot show: the operating system, the driver and the database as they are.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { EntitySpec, Storage } from '@perdure/core'
import { defaultTenant } from '@perdure/core'
import { environmentSeed } from '../arbitraries/find-counterexample.ts'
import { seededRandom } from '../simulate/seeded-random.ts'
import { Violation, demand } from '../properties/violation.ts'
import { checkCrashes } from './check-crashes.ts'
import type { CrashReport, Said } from './check-crashes.ts'
import { readLine } from './protocol.ts'
import type { CrashOrder } from './protocol.ts'

/** What is killed, how often, and where it keeps its data. */
export interface CrashHarnessOptions {
  /** Path of the module to run. It calls `crashWorker` first, and goes on for ever. */
  readonly entry: string
  /** The data: where the worker finds it, and how the harness opens it afterwards. */
  readonly storage: { readonly url: string; readonly open: (url: string) => Promise<Storage> }
  /** The entity types the worker runs. */
  readonly specs: readonly EntitySpec[]
  /** @defaultValue 20 */
  readonly kills?: number
  /** Lines a life may say before it is killed; how many is left to chance, mostly few. @defaultValue 1000 */
  readonly maxLines?: number
  /** Of the moments of death. @defaultValue `PERDURE_SEED` of the environment, else 1 */
  readonly seed?: number
  /** Flags for Node, as for a loader. @defaultValue those of this process */
  readonly execArgv?: readonly string[]
  readonly tenant?: string
  /** Called between the last death and the look at the data: a server may still be at work for the dead. */
  readonly whenOver?: () => Promise<void>
}

/** Runs, kills and looks. @throws Violation when what is stored and what was said contradict each other */
export async function crashHarness(options: CrashHarnessOptions): Promise<CrashReport> {
  const { kills = 20, maxLines = 1_000, storage, specs, tenant = defaultTenant } = options
  const seed = options.seed ?? environmentSeed() ?? 1
  const random = seededRandom(seed)
  const said: Said = { tried: new Map(), acknowledged: new Map(), refused: new Set() }
  for (let life = 1; life <= kills; life++) {
    const inDoubt = [...said.tried.keys()].filter((id) => !said.acknowledged.has(id) && !said.refused.has(id))
    const order = { url: storage.url, life, tried: said.tried.size, inDoubt }
    await liveAndDie(options, order, said, 1 + Math.floor(random.next() ** 2 * maxLines))
  }
  await options.whenOver?.()
  const opened = await storage.open(storage.url)
  try {
    return { kills, ...(await checkCrashes({ said, storage: opened, specs, tenant })) }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    throw new Violation(`${error.message}\nrepro: PERDURE_SEED=${seed}, ${kills} kills of ${options.entry}`, {
      cause: error,
    })
  } finally {
    await opened.close()
  }
}

/** Lets a worker live until it has said so many lines, then kills it. */
async function liveAndDie(
  { entry, execArgv = process.execArgv }: CrashHarnessOptions,
  order: CrashOrder,
  said: Said,
  lines: number,
): Promise<void> {
  const child = spawn(process.execPath, [...execArgv, entry], { stdio: ['pipe', 'pipe', 'pipe'] })
  const complaints: string[] = []
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()))
  const exited = once(child, 'exit')
  child.stdin.write(`${JSON.stringify(order)}\n`)
  let count = 0
  // Everything that got into the pipe before the end is read, after the kill too.
  for await (const text of createInterface(child.stdout)) {
    note(said, text, order.life)
    if (++count === lines) child.kill('SIGKILL')
  }
  const [, signal] = (await exited) as [number | null, string | null]
  demand(
    signal === 'SIGKILL',
    () => `the worker ended by itself: ${complaints.join('').trim() || 'without a word'}`,
  )
}

function note({ tried, acknowledged, refused }: Said, text: string, life: number): void {
  const line = readLine(text)
  switch (line?.kind) {
    case 'TRY':
      if (!tried.has(line.id)) tried.set(line.id, { life, order: tried.size })
      return
    case 'ACK':
      if (!acknowledged.has(line.id)) acknowledged.set(line.id, { sequence: line.sequence, life })
      return
    case 'NAK':
      refused.add(line.id)
      return
    case undefined:
  }
}
