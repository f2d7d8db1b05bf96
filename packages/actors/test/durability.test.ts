// Who asks for `processed` hears early; should it not be stored, that surfaces.
import { expect, it } from 'vitest'
import { startHost, watch } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

const early = { durability: 'processed' } as const
const brief = { retry: { baseMs: 20, capMs: 100, budgetMs: 1_000 } }

it('a command asked as processed is answered before it is stored, and its place stays taken until it is', async () => {
  const { host, task, storage, memory } = await startHost()
  const ref = await task('t-1')
  const held = storage.hold('commit')
  const { event, state } = await ref.ask('Start', {}, early)
  expect([event.sequence, state.status]).toEqual([2, 'Busy'])
  expect((await ref.state()).status).toBe('Open')
  expect((await ref.state({ consistency: 'processed' })).status).toBe('Busy')
  expect(host.health().queue.entries).toBe(1)
  held.release()
  await host.flush()
  expect((await memory.stats()).events).toBe(2)
  expect(host.health().queue.entries).toBe(0)
})

it('a host may answer early unless a command says otherwise', async () => {
  const { task, storage } = await startHost({ durability: 'processed' })
  const ref = await task('t-1')
  const held = storage.hold('commit')
  await ref.ask('Add', { amount: 1 })
  const sure = ref.ask('Add', { amount: 1 }, { durability: 'committed' })
  const seen = watch(sure)
  await turn()
  expect(seen.isSettled).toBe(false)
  held.release()
  expect((await sure).event.sequence).toBe(3)
})

it('a creation is answered when it has committed all the same', async () => {
  const { host, storage } = await startHost({ durability: 'processed' })
  const held = storage.hold('commit')
  const spawned = host.spawn('Task', { id: 't-1' })
  const seen = watch(spawned)
  await held.arrived
  await turn()
  expect(seen.isSettled).toBe(false)
  held.release()
  await spawned
})

it('a loss after an early answer is told to onError, shows in the health and fails flush and stop', async () => {
  const { host, task, storage, clock, errors } = await startHost(brief)
  const ref = await task('t-1')
  storage.fail('commit', 'storage_failed')
  await ref.ask('Start', {}, early)
  await expect(host.flush()).rejects.toMatchObject({ code: 'acknowledged_command_lost' })
  expect(errors).toMatchObject([
    { code: 'acknowledged_command_lost', details: { entity: 'Task/t-1', command: 'Start' } },
  ])
  expect(host.health().counters).toMatchObject({ acknowledgedLost: 1, discarded: 1 })
  expect((await ref.state({ consistency: 'processed' })).status).toBe('Open')
  const stopped = host.stop().catch((error: unknown) => error)
  await clock.advance(1)
  expect(await stopped).toMatchObject({ errors: [{ code: 'acknowledged_command_lost' }] })
})
