// Tenants on one host: what each may take of it, and that one who takes all he can get is no wait for others.
import { describe, expect, it } from 'vitest'
import type { EntityRef } from '../src/index.ts'
import { startHost, watch } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

async function taskOf({ host }: TestHost, tenant: string, id = 't-1'): Promise<EntityRef> {
  return host.spawn('Task', { id, tenant })
}

/** Commands of one task, asked at once. */
function flood(task: EntityRef, count: number): Promise<unknown>[] {
  return Array.from({ length: count }, (_, index) => task.ask('Tag', { tag: `${index}` }))
}

describe('a tenant that floods a host', () => {
  it('takes turns with others at the door, so that they wait for no more than what is inside', async () => {
    const stage = await startHost({ maxCommandsInFlight: 4 })
    const [loud, quiet] = [await taskOf(stage, 'loud'), await taskOf(stage, 'quiet')]
    const held = stage.storage.hold('commit')
    const flooding = flood(loud, 50)
    const asked = quiet.ask('Start')
    await held.arrived
    expect(stage.host.health().queue).toMatchObject({ entries: 4, waiting: 47 })
    held.release()
    await Promise.all([...flooding, asked])
    const { entries } = await stage.memory.readLog({ after: 2n })
    const place = entries.findIndex(({ event }) => event.tenant === 'quiet')
    // The four that were inside before it, one whose turn came first, and those of the same batch.
    expect(place).toBeGreaterThanOrEqual(4)
    expect(place).toBeLessThan(8)
    expect(
      entries.filter(({ event }) => event.tenant === 'loud').map(({ event }) => event.params['tag']),
    ).toEqual(flooding.map((_, index) => `${index}`))
  })

  it('has no more on its way than it may, in commands and in bytes, while others go in at once', async () => {
    for (const tenantLimits of [{ maxCommandsInFlight: 2 }, { maxBytesInFlight: 700 }]) {
      const stage = await startHost({ tenantLimits })
      const [loud, quiet] = [await taskOf(stage, 'loud'), await taskOf(stage, 'quiet')]
      const held = stage.storage.hold('commit')
      const flooding = flood(loud, 9)
      await held.arrived
      expect(stage.host.health().queue).toMatchObject({ entries: 2, waiting: 7 })
      const asked = quiet.ask('Start')
      expect(stage.host.health().queue).toMatchObject({ entries: 3, waiting: 7 })
      held.release()
      await Promise.all([...flooding, asked])
      expect(stage.host.health().queue).toMatchObject({ entries: 0, bytes: 0, waiting: 0, bytesWaiting: 0 })
    }
  })

  it('gets one command in that is over its bytes when it has no other on its way', async () => {
    const stage = await startHost({ tenantLimits: { maxBytesInFlight: 10 } })
    const task = await taskOf(stage, 'a')
    await Promise.all([task.ask('Write', { note: 'x'.repeat(1_000) }), task.ask('Start')])
  })

  it('is refused with its name and the limit when too many of it wait, while others go on', async () => {
    const stage = await startHost({ tenantLimits: { maxCommandsInFlight: 1, maxCommandsWaiting: 2 } })
    const [loud, quiet] = [await taskOf(stage, 'loud'), await taskOf(stage, 'quiet')]
    const held = stage.storage.hold('commit')
    const flooding = flood(loud, 3)
    await held.arrived
    const refused = await loud.tryAsk('Start')
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'overloaded', tenant: 'loud', limit: 'maxCommandsWaiting' },
    })
    const message =
      'tenant loud is overloaded: tenantLimits.maxCommandsWaiting is 2, and no more may wait; ask again later'
    expect(refused).toMatchObject({ error: { message } })
    const asked = quiet.ask('Start')
    held.release()
    await Promise.all([...flooding, asked])
    expect(await loud.tryAsk('Start')).toMatchObject({ ok: true })
    expect((await loud.state()).version, 'a refusal leaves no trace').toBe(5)
  })

  it('loads no more entities at once than it may, while others load theirs', async () => {
    const before = await startHost()
    for (const id of ['a', 'b', 'c']) await taskOf(before, 'loud', id)
    await taskOf(before, 'quiet')
    await before.host.stop()
    const stage = await before.another({ maxConcurrentLoads: 3, tenantLimits: { maxConcurrentLoads: 1 } })
    const held = stage.storage.hold('load')
    const asked = ['a', 'b', 'c'].map((id) => stage.host.entity('Task', id, { tenant: 'loud' }).ask('Start'))
    await held.arrived
    expect(stage.host.health().loads).toEqual({ underWay: 1, waiting: 2 })
    await stage.host.entity('Task', 't-1', { tenant: 'quiet' }).ask('Start')
    expect(asked.map((each) => watch(each).isSettled)).toEqual([false, false, false])
    held.release()
    await Promise.all(asked)
    expect(stage.host.health().loads).toEqual({ underWay: 0, waiting: 0 })
  })

  it('has no more entities in memory than it may, and costs others none of theirs', async () => {
    const limits = (tenant: string) => (tenant === 'loud' ? { maxResidents: 3 } : {})
    const stage = await startHost({ tenantLimits: limits, maxResidents: 20 })
    for (let index = 0; index < 10; index++) await taskOf(stage, 'quiet', `q-${index}`)
    for (let index = 0; index < 50; index++) await taskOf(stage, 'loud', `l-${index}`)
    expect(stage.host.residents).toBe(13)
    const loads = stage.storage.calls.get('load') ?? 0
    for (let index = 0; index < 10; index++)
      await stage.host.entity('Task', `q-${index}`, { tenant: 'quiet' }).state()
    expect(stage.storage.calls.get('load') ?? 0).toBe(loads)
    for (let index = 0; index < 50; index++) {
      const state = await stage.host.entity('Task', `l-${index}`, { tenant: 'loud' }).state()
      expect(state.version).toBe(1)
    }
    expect(stage.host.residents).toBe(13)
  })
})

describe('a host', () => {
  it('refuses what is more than may wait at all, by number and by bytes', async () => {
    const bounds = [{ maxCommandsWaiting: 3 }, { maxBytesWaiting: 900 }]
    for (const bound of bounds) {
      const stage = await startHost({ maxCommandsInFlight: 1, ...bound })
      const task = await taskOf(stage, 'a')
      const held = stage.storage.hold('commit')
      const flooding = flood(task, 4)
      await held.arrived
      const [limit] = Object.keys(bound)
      expect(await task.tryAsk('Start')).toMatchObject({ ok: false, error: { code: 'overloaded', limit } })
      held.release()
      await Promise.all(flooding)
    }
  })

  it('lets one command wait that is over the bytes that may wait, when no other does', async () => {
    const stage = await startHost({ maxCommandsInFlight: 1, maxBytesWaiting: 0 })
    const task = await taskOf(stage, 'a')
    await Promise.all([task.ask('Start'), task.ask('Tag', { tag: 'x' })])
  })

  it('refuses limits that make no sense, when it is made or when they are asked for', async () => {
    await expect(startHost({ tenantLimits: { maxResidents: 0 } })).rejects.toMatchObject({
      code: 'invalid_option',
      details: { option: 'tenantLimits.maxResidents' },
    })
    const stage = await startHost({
      tenantLimits: (tenant) => (tenant === 'a' ? { maxBytesInFlight: -1 } : {}),
    })
    await expect(taskOf(stage, 'a')).rejects.toMatchObject({ code: 'invalid_option' })
    await taskOf(stage, 'b')
  })

  it('takes up other limits of a tenant while it works', async () => {
    let maxCommandsInFlight = 1
    const stage = await startHost({ tenantLimits: () => ({ maxCommandsInFlight }) })
    const task = await taskOf(stage, 'a')
    const held = stage.storage.hold('commit')
    const flooding = flood(task, 3)
    await held.arrived
    expect(stage.host.health().queue).toMatchObject({ entries: 1, waiting: 2 })
    maxCommandsInFlight = 10
    held.release()
    await Promise.all(flooding)
    const again = stage.storage.hold('commit')
    const more = flood(task, 3)
    await turn()
    expect(stage.host.health().queue).toMatchObject({ entries: 3, waiting: 0 })
    again.release()
    await Promise.all(more)
  })
})
