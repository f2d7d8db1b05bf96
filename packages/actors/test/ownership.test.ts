// Several hosts with a router on one storage: who writes, who is asked, and what becomes of it when one goes.
import type { Router } from '@perdure/core'
import { RouterError } from '@perdure/core'
import { MemoryNetwork, openMemoryStorage } from '@perdure/core/memory'
import { expect, it } from 'vitest'
import { ActionRejected, EntityExists } from '../src/index.ts'
import type { HostOptions, InspectionEvent } from '../src/index.ts'
import { long } from './helpers/task-spec.ts'
import { startHost } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { VirtualClock } from './helpers/virtual-clock.ts'

const leaseMs = 1_000

/** Hosts `a`, `b`, … with a router each, on one storage and one clock. */
async function start(count: number, options: Partial<HostOptions> = {}): Promise<Cluster> {
  const memory = openMemoryStorage()
  Object.assign(memory, { capabilities: { ...memory.capabilities, shared: true } })
  const clock = new VirtualClock()
  const network = new MemoryNetwork({ clock })
  const open = (hostId: string, more: Partial<HostOptions> = {}): Promise<TestHost> =>
    startHost({ router: network.open(), hostId, leaseMs, ...options, ...more }, memory, clock)
  const hosts: TestHost[] = []
  for (const hostId of ['a', 'b', 'c'].slice(0, count)) hosts.push(await open(hostId))
  // Whoever came first has not seen the others yet.
  await pass(clock, leaseMs / 4)
  return { hosts, clock, network, open }
}

interface Cluster {
  readonly hosts: readonly TestHost[]
  readonly clock: VirtualClock
  readonly network: MemoryNetwork
  readonly open: (hostId: string, more?: Partial<HostOptions>) => Promise<TestHost>
}

/** Time passes in small steps, and everything that it sets off happens. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await clock.advance(50)
  }
}

function two({ hosts }: Cluster): readonly [TestHost, TestHost] {
  const [a, b] = hosts
  if (a === undefined || b === undefined) throw new Error('there should be two')
  return [a, b]
}

const ownershipOf = ({ host }: TestHost) => host.health().ownership

it('a command goes to the host that has the entity, and its asker hears the outcome as if it had been decided there', async () => {
  const [a, b] = two(await start(2))
  await a.task('t')
  const heard: InspectionEvent[] = []
  b.host.inspect((event) => heard.push(event))
  const task = b.host.entity('Task', 't')
  const { event, state } = await task.ask('Write', { note: long('n'), draft: { a: [1, null, 'é'] } })
  expect(event).toMatchObject({ sequence: 2, action: 'Write' })
  expect(state.fields['draft']).toEqual({ a: [1, null, 'é'] })
  expect(state.refs).toHaveProperty('note')
  expect(JSON.parse(JSON.stringify(state))).toHaveProperty('fields.note.$blob')
  expect(ownershipOf(b)).toMatchObject({ forwarded: 1, answered: 0 })
  expect(ownershipOf(a)).toMatchObject({ forwarded: 0, answered: 1, held: 1, others: 1 })
  expect(b.storage.calls.get('commit')).toBeUndefined()
  expect(heard.map(({ kind }) => kind)).toEqual(['asked', 'forwarded', 'committed'])
})

it('what an asker reads after his command is what it led to, whichever host has the entity', async () => {
  const [a, b] = two(await start(2))
  await a.task('t')
  const task = b.host.entity('Task', 't')
  expect((await task.state()).version).toBe(1)
  const seen: number[] = []
  task.subscribe(({ version }) => seen.push(version))
  await task.ask('Start')
  expect(await task.state()).toMatchObject({ version: 2, status: 'Busy' })
  expect(seen).toEqual([2])
})

it('refusals and errors of another host keep their class, code and facts', async () => {
  const [a, b] = two(await start(2))
  await a.task('t')
  const task = b.host.entity('Task', 't')
  const refused = await task.tryAsk('Close')
  const atHome = await a.host.entity('Task', 't').tryAsk('Close')
  if (refused.ok || atHome.ok) throw new Error('both should be refused')
  expect(refused.error).toBeInstanceOf(ActionRejected)
  expect(Object.entries(refused.error)).toEqual(Object.entries(atHome.error))
  expect(refused.error.message).toBe(atHome.error.message)
  expect((await task.tryAsk('Approve')) as object).toMatchObject({ error: { failing: expect.anything() } })
  await expect(task.ask('Start', {}, { expectedSequence: 7 })).rejects.toMatchObject({ code: 'conflict' })
  await expect(b.host.spawn('Task', { id: 't' })).rejects.toBeInstanceOf(EntityExists)
})

it('options of a command cross hosts: keys, expectations, correlation, causation, early answers, giving up', async () => {
  const [a, b] = two(await start(2))
  await a.task('t')
  const task = b.host.entity('Task', 't')
  const options = { idempotencyKey: 'k', expectedSequence: 1, correlationId: 'x', causationId: 'y' }
  const { event } = await task.ask('Add', { amount: 1 }, options)
  expect(event).toMatchObject({ idempotencyKey: 'k', correlationId: 'x', causationId: 'y' })
  expect((await task.ask('Add', { amount: 1 }, { idempotencyKey: 'k' })).event).toEqual(event)
  expect((await a.host.entity('Task', 't').ask('Add', { amount: 1 }, { idempotencyKey: 'k' })).event).toEqual(
    event,
  )

  const commit = a.storage.hold('commit')
  const early = await task.ask('Add', { amount: 1 }, { durability: 'processed' })
  expect(early.event.sequence).toBe(3)
  const given = new AbortController()
  const asked = task.ask('Add', { amount: 1 }, { signal: given.signal })
  await commit.arrived
  given.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
  commit.release()
})

it('two hosts that are asked about the same entities conflict no more than at the start', async () => {
  const [a, b] = two(await start(2))
  await Promise.all(Array.from({ length: 20 }, (_, index) => a.task(`t${index}`)))
  for (let round = 0; round < 5; round++)
    await Promise.all(
      [a, b].flatMap(({ host }) =>
        Array.from({ length: 20 }, (_, index) => host.entity('Task', `t${index}`).ask('Add', { amount: 1 })),
      ),
    )
  for (let index = 0; index < 20; index++)
    expect((await a.host.entity('Task', `t${index}`).state()).counters['count']).toBe(10)
  expect(a.host.health().counters.conflicts + b.host.health().counters.conflicts).toBe(0)
})

it('entities of a host that is gone are taken over within twice its lease, and commands under way to it are decided here', async () => {
  const cluster = await start(1)
  const [b] = cluster.hosts
  if (b === undefined) throw new Error('no host')
  const isDead = { now: false }
  const a = await cluster.open('z', { router: mortal(cluster.network.open(), isDead) })
  await pass(cluster.clock, leaseMs / 4)
  await a.task('t')
  kill(a, isDead)
  const began = cluster.clock.now()
  const asked = b.host.entity('Task', 't').ask('Start')
  await pass(cluster.clock, 1.5 * leaseMs)
  expect((await asked).event).toMatchObject({ sequence: 2 })
  expect(cluster.clock.now() - began).toBeLessThanOrEqual(1.5 * leaseMs)
  expect(ownershipOf(b)).toMatchObject({ others: 0, held: 1, takenOver: 1 })
})

it('what a host has is free for others as soon as it has stopped, with everything stored that it accepted', async () => {
  const [a, b] = two(await start(2))
  await a.task('t')
  const commit = a.storage.hold('commit')
  const last = a.host.entity('Task', 't').ask('Add', { amount: 1 })
  await commit.arrived
  const stopped = a.host.stop()
  commit.release()
  await stopped
  expect((await last).event.sequence).toBe(2)
  expect((await b.host.entity('Task', 't').ask('Add', { amount: 1 })).event.sequence).toBe(3)
  expect(ownershipOf(b)).toMatchObject({ held: 1 })
})

it('a host that was taken for dead comes back under another lease, and asks whose its entities are', async () => {
  const cluster = await start(2)
  const [a, b] = two(cluster)
  await a.task('t')
  const before = ownershipOf(a)?.lease ?? 0
  // Seen from `b`, `a` stands still; seen from `a`, nothing has happened.
  await a.memory.releaseLease(before)
  await pass(cluster.clock, leaseMs / 4)
  expect((await b.host.entity('Task', 't').ask('Add', { amount: 1 })).event.sequence).toBe(2)
  await pass(cluster.clock, leaseMs)
  expect(ownershipOf(a)?.lease).toBeGreaterThan(before)
  expect((await a.host.entity('Task', 't').ask('Add', { amount: 1 })).event.sequence).toBe(3)
  expect(ownershipOf(a)).toMatchObject({ forwarded: 1, leasesLost: 1 })
})

it('a host whose name another process goes by owns nothing, says so, and works', async () => {
  const cluster = await start(2)
  const [a, b] = two(cluster)
  await a.task('t')
  const twin = await cluster.open('a')
  await pass(cluster.clock, leaseMs)
  expect(a.host.health()).toMatchObject({ state: 'degraded', ownership: { lease: null } })
  expect(a.host.health().degraded).toMatchObject([{ operation: 'lease', code: 'invalid_option' }])
  await a.host.entity('Task', 't').ask('Add', { amount: 1 })
  await b.host.entity('Task', 't').ask('Add', { amount: 1 })
  expect((await twin.host.entity('Task', 't').state()).counters['count']).toBe(2)
})

it('a request that is handed over twice is carried out once', async () => {
  const cluster = await start(1)
  const [a] = cluster.hosts
  const b = await cluster.open('twice', { router: stuttering(cluster.network.open()) })
  await pass(cluster.clock, leaseMs / 4)
  await b.task('t')
  await a?.host.entity('Task', 't').ask('Add', { amount: 1 })
  expect((await b.host.entity('Task', 't').state()).counters['count']).toBe(1)
  expect(ownershipOf(b)).toMatchObject({ answered: 1 })
})

it('a refusal is not told for certain when another host may have carried the command out', async () => {
  const cluster = await start(1)
  const [a] = cluster.hosts
  if (a === undefined) throw new Error('no host')
  await a.task('t')
  const b = await cluster.open('deaf', { router: deaf(cluster.network.open()) })
  await pass(cluster.clock, leaseMs / 4)
  const refused = await b.host.entity('Task', 't').tryAsk('Close')
  expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  expect(refused).toMatchObject({ error: { message: expect.stringContaining('wrong_status') } })
  const done = await b.host.entity('Task', 't').ask('Add', { amount: 1 })
  expect(done.event.sequence).toBe(2)
})

it('without a router nothing is looked up, and no lease is taken', async () => {
  const test = await startHost()
  await test.task('t')
  await test.host.entity('Task', 't').ask('Start')
  expect(
    [...test.storage.calls.keys()].filter((name) => name.includes('Lease') || name === 'readHeads'),
  ).toEqual([])
  expect(test.host.health().ownership).toBeNull()
  expect(
    (await test.memory.readHeads([{ tenant: 'default', type: 'Task', id: 't' }]))[0]?.owner,
  ).toBeUndefined()
})

it('a host that cannot join the others does not start', async () => {
  const router = new MemoryNetwork().open()
  await router.close()
  await expect(startHost({ router, hostId: 'a' })).rejects.toBeInstanceOf(RouterError)
  await expect(startHost({ hostId: 'a' })).rejects.toMatchObject({ code: 'invalid_option' })
  await expect(startHost({ router, hostId: 'a b' })).rejects.toMatchObject({ code: 'invalid_option' })
})

/** Hands every request over twice. */
function stuttering(router: Router): Router {
  return overridden(router, {
    join: (address, answer) =>
      router.join(address, async (request, context) => {
        const [, second] = await Promise.all([answer(request, context), answer(request, context)])
        return second
      }),
  })
}

/** Carries requests and loses every answer. */
function deaf(router: Router): Router {
  return overridden(router, {
    send: async (...args) => {
      await router.send(...args)
      return { kind: 'unanswered', reason: 'it was lost' }
    },
  })
}

/** Once dead, neither answers nor sends. */
function mortal(router: Router, isDead: { now: boolean }): Router {
  return overridden(router, {
    join: (address, answer) =>
      router.join(address, (request, context) =>
        isDead.now ? gone(context.signal) : answer(request, context),
      ),
  })
}

/** Nobody answers, for as long as somebody waits. */
function gone(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it is dead')), { once: true })
  })
}

function overridden(router: Router, part: Partial<Router>): Router {
  return new Proxy(router, {
    get: (target, name: keyof Router) => {
      const member: unknown = part[name] ?? target[name]
      return typeof member === 'function' && !(name in part) ? member.bind(target) : member
    },
  })
}

/** From here on nothing of the host reaches the storage. */
function kill({ storage }: TestHost, isDead: { now: boolean }): void {
  isDead.now = true
  for (const method of ['renewLease', 'commit', 'readHeads', 'load'] as const)
    for (let call = 0; call < 1_000; call++) storage.intervene(method, () => new Promise(() => {}))
}

it('commands of one asker on one entity keep their order, whoever has it and however much is known', async () => {
  const [a, b] = two(await start(2))
  await a.task('t')
  const task = b.host.entity('Task', 't')
  const asked = []
  for (let nth = 0; nth < 40; nth++) {
    asked.push(task.ask('Tag', { tag: String(nth) }))
    for (let ticks = 0; ticks < nth % 8; ticks++) await Promise.resolve()
  }
  const sequences = (await Promise.all(asked)).map(({ event }) => event.sequence)
  expect(sequences).toEqual(Array.from({ length: 40 }, (_, nth) => nth + 2))
  await a.host.stop()
  const later = []
  for (let nth = 0; nth < 40; nth++) {
    later.push(task.ask('Tag', { tag: `later ${nth}` }))
    for (let ticks = 0; ticks < nth % 8; ticks++) await Promise.resolve()
  }
  const afterwards = (await Promise.all(later)).map(({ event }) => event.sequence)
  expect([...afterwards].sort((left, right) => left - right)).toEqual(
    Array.from({ length: 40 }, (_, nth) => nth + 42),
  )
})

it('commands on an entity that nobody has keep their order while the first of them finds that out', async () => {
  const cluster = await start(1)
  const [a] = cluster.hosts
  if (a === undefined) throw new Error('no host')
  const alone = await startHost({}, a.memory, cluster.clock)
  for (let gap = 0; gap < 40; gap++) {
    const id = `t${gap}`
    await alone.task(id)
    const asked = []
    for (let nth = 0; nth < 6; nth++) {
      asked.push(a.host.entity('Task', id).ask('Tag', { tag: String(nth) }))
      for (let ticks = 0; ticks < gap; ticks++) await Promise.resolve()
    }
    const sequences = (await Promise.all(asked)).map(({ event }) => event.sequence)
    expect(sequences).toEqual([2, 3, 4, 5, 6, 7])
  }
})

it('what is sent to other hosts and taken over from them is measured', async () => {
  const told: string[] = []
  const telemetry = {
    start: (name: string) => {
      told.push(name)
      return { end: () => {} }
    },
    count: (name: string) => told.push(name),
  }
  const [a, b] = two(await start(2, { telemetry }))
  await a.task('t')
  const task = b.host.entity('Task', 't')
  await task.ask('Start')
  expect(told.filter((name) => name === 'perdure.forward')).toHaveLength(1)
  await a.host.stop()
  await task.ask('Add', { amount: 1 })
  expect(told).toContain('perdure.takeovers')
})
