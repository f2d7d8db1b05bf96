// Two host processes on one PostgreSQL, with NATS between them that is killed in the middle.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { defaultTenant } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { createHost } from '@perdure/actors'
import { loadSpecs } from '@perdure/spec-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'
import { natsIsMissing, startNatsServer } from '../setup/nats.ts'
import type { NatsServer } from '../setup/nats.ts'
import type { WorkerTask, WorkerWord } from './nats-host-worker.ts'

const example = fileURLToPath(new URL('../../examples/quick-start', import.meta.url))
const entry = fileURLToPath(new URL('nats-host-worker.ts', import.meta.url))
const ids = Array.from({ length: 12 }, (_, index) => `o-${index}`)

type Health = Extract<WorkerWord, { kind: 'health' }>

/** A host in a process of its own. */
class HostProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waits = new Map<string, (word: WorkerWord) => void>()
  readonly #ended: Promise<unknown>
  #complaints = ''

  constructor(databaseUrl: string, natsUrl: string) {
    const flags = ['--import', 'tsx', '--conditions', '@perdure/source']
    this.child = spawn(process.execPath, [...flags, entry], { cwd: example, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#ended = once(this.child, 'exit')
    this.child.stderr.on('data', (chunk) => (this.#complaints += String(chunk)))
    createInterface(this.child.stdout).on('line', (line) => {
      const word = JSON.parse(line) as WorkerWord
      this.#waits.get(nameOf(word))?.(word)
    })
    this.child.stdin.write(`${JSON.stringify({ databaseUrl, natsUrl })}\n`)
  }

  started(): Promise<unknown> {
    return this.#hear('started')
  }

  /** @returns the code of the error; undefined when it was acknowledged */
  async ask(n: number, id: string): Promise<string | undefined> {
    const word = (await this.#tell({ kind: 'ask', n, id }, `answered ${n}`)) as { code?: string }
    return word.code
  }

  async health(): Promise<Health> {
    return (await this.#tell({ kind: 'health' }, 'health')) as Health
  }

  async stop(): Promise<void> {
    await this.#tell({ kind: 'stop' }, 'stopped')
  }

  #tell(task: WorkerTask, answer: string): Promise<WorkerWord> {
    this.child.stdin.write(`${JSON.stringify(task)}\n`)
    return this.#hear(answer)
  }

  #hear(name: string): Promise<WorkerWord> {
    return new Promise((resolve, reject) => {
      this.#ended.then(() => reject(new Error(`the host ended by itself: ${this.#complaints}`)), reject)
      this.#waits.set(name, resolve)
    })
  }
}

function nameOf(word: WorkerWord): string {
  return word.kind === 'answered' ? `answered ${word.n}` : word.kind
}

describe.skipIf(natsIsMissing !== undefined)(natsIsMissing ?? 'two hosts over NATS', () => {
  let database: TestDatabase
  let nats: NatsServer
  const hosts: HostProcess[] = []

  beforeAll(async () => {
    ;[database, nats] = await Promise.all([createTestDatabase(), startNatsServer()])
    const specs = await loadSpecs(`${example}/order.ioa.toml`)
    const maker = await createHost({ specs, storage: await openStorage(database.url) })
    await Promise.all(ids.map((id) => maker.spawn('Order', { id })))
    await maker.stop()
  })

  afterAll(async () => {
    for (const { child } of hosts) child.kill('SIGKILL')
    await nats.stop()
    await database.drop()
  })

  it('hand each other commands, and lose nothing and do nothing twice when NATS is killed meanwhile', async () => {
    for (let count = 0; count < 2; count++) hosts.push(new HostProcess(database.url, nats.url))
    await Promise.all(hosts.map((host) => host.started()))
    for (const host of hosts) while ((await host.health()).others === 0);
    const acknowledged: number[] = []
    const refusals: string[] = []
    let next = 0
    const askOne = async (): Promise<void> => {
      const n = next++
      // The first twelve go to one host, which has the orders from then on; the others to both in turn.
      const host = n < ids.length ? hosts[0] : hosts[n % 2]
      const code = await host?.ask(n, ids[(n < ids.length ? n : n >> 1) % ids.length] ?? '')
      if (code === undefined) acknowledged.push(n)
      else refusals.push(code)
    }
    const load = async (until: () => boolean): Promise<void> => {
      const lane = async () => {
        while (!until()) await askOne()
      }
      await Promise.all(Array.from({ length: 20 }, lane))
    }
    const forwarded = async () => {
      const [left, right] = await Promise.all(hosts.map((host) => host.health()))
      return [left?.forwarded ?? 0, right?.forwarded ?? 0] as const
    }

    while (next < ids.length) await askOne()
    await load(() => next >= 200)
    const [fromLeft, fromRight] = await forwarded()
    expect(fromRight - fromLeft).toBeGreaterThan(20)
    expect(refusals).toEqual([])

    let isOver = false
    const loaded = load(() => isOver)
    const until = async (count: number): Promise<void> => {
      const goal = acknowledged.length + count
      while (acknowledged.length < goal) await askOne()
    }
    await until(10)
    await nats.kill()
    await until(40)
    await nats.restart()
    await until(40)
    isOver = true
    await loaded
    // What was on its way may be lost, and hosts that do not hear of each other race; there is no other excuse.
    expect(refusals.filter((code) => code !== 'unavailable' && code !== 'conflict')).toEqual([])

    // Both connect again by themselves within the half second that they wait between tries.
    const before = await forwarded()
    const answeredBefore = (await Promise.all(hosts.map((host) => host.health()))).map(
      ({ answered }) => answered,
    )
    const isBack = async (): Promise<boolean> => {
      const health = await Promise.all(hosts.map((host) => host.health()))
      return health.some(({ answered }, index) => answered > (answeredBefore[index] ?? 0))
    }
    while (!(await isBack())) await askOne()
    expect(await forwarded()).not.toEqual(before)
    await Promise.all(hosts.map((host) => host.stop()))

    const storage = await openStorage(database.url)
    const carriedOut: number[] = []
    for (const id of ids) {
      const events = await storage.readEvents({ tenant: defaultTenant, type: 'Order', id })
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
      for (const { action, params } of events)
        if (action === 'AddItem') carriedOut.push(Number(params['note']))
    }
    await storage.close()
    expect(carriedOut.length).toBe(new Set(carriedOut).size)
    expect(acknowledged.filter((n) => !carriedOut.includes(n))).toEqual([])
  })
})
