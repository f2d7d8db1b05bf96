// Where other hosts write too, a refusal is true of a state that the entity had after it was asked.
import { openMemoryStorage } from '@perdure/core/memory'
import { expect, it } from 'vitest'
import { failurePolicy } from '../src/index.ts'
import { startHost } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

/** Two hosts on a storage that says it is shared, with a task that both know. */
async function twoHosts(): Promise<readonly [one: TestHost, other: TestHost]> {
  const memory = openMemoryStorage()
  Object.assign(memory, { capabilities: { ...memory.capabilities, shared: true } })
  const one = await startHost({}, memory)
  await one.task('t-1')
  const other = await one.another()
  await other.host.entity('Task', 't-1').state()
  return [one, other]
}

it('a command that is refused only by what a host no longer knows rightly is decided again and succeeds', async () => {
  const [one, other] = await twoHosts()
  await other.host.entity('Task', 't-1').ask('Start')
  await other.host.entity('Task', 't-1').ask('Add', { amount: 1 })
  expect((await one.host.entity('Task', 't-1').ask('Close')).event.sequence).toBe(4)
  expect(one.storage.calls.get('readHeads')).toBe(1)
})

it('refusals of one turn share one look, and none is looked at twice', async () => {
  const [one] = await twoHosts()
  await one.task('t-2')
  const asked = ['t-1', 't-2', 't-1'].map((id) => one.host.entity('Task', id).tryAsk('Close'))
  for (const outcome of await Promise.all(asked))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'wrong_status' } })
  expect(one.storage.calls.get('readHeads')).toBeLessThanOrEqual(2)
})

it('a refusal that cannot be looked at is unavailable', async () => {
  const [one] = await twoHosts()
  one.storage.fail('readHeads', 'storage_failed')
  await expect(one.host.entity('Task', 't-1').ask('Close')).rejects.toMatchObject({ code: 'unavailable' })
})

it('a host that has stopped answers histories and lists as everything else', async () => {
  const { host, task } = await startHost({ keepStorageOpen: false })
  const ref = await task('t-1')
  await host.stop()
  const first = async (items: AsyncIterable<unknown>): Promise<unknown> => {
    for await (const item of items) return item
    return undefined
  }
  await expect(first(ref.history())).rejects.toMatchObject({ code: 'host_stopped' })
  await expect(first(host.entities('Task'))).rejects.toMatchObject({ code: 'host_stopped' })
  await expect(host.stats()).rejects.toMatchObject({ code: 'host_stopped' })
})

it('a snapshot that cannot be stored shows as degraded and is stored behind; the caller is fine', async () => {
  expect(failurePolicy.snapshot).toBe('bestEffort')
  const { host, task, storage, clock, memory } = await startHost()
  const ref = await task('t-1')
  storage.fail('saveSnapshot', 'storage_unavailable')
  for (let count = 0; count < 3; count++) await ref.ask('Add', { amount: 1 })
  await turn()
  expect(host.health()).toMatchObject({
    state: 'degraded',
    degraded: [{ operation: 'snapshot', about: 'Task/t-1', code: 'storage_unavailable' }],
  })
  await clock.advance(100)
  expect(host.health()).toMatchObject({ state: 'running', degraded: [], counters: { snapshots: 1 } })
  expect((await memory.stats()).snapshots).toBe(1)
})

it('the table says of every operation what its failure means', () => {
  expect(failurePolicy).toEqual({
    append: 'durabilityIntent',
    load: 'durabilityIntent',
    delete: 'durabilityIntent',
    close: 'durabilityIntent',
    snapshot: 'bestEffort',
    consume: 'bestEffort',
    mark: 'bestEffort',
    effectCache: 'bestEffort',
    blobTouch: 'bestEffort',
    sweep: 'background',
    prune: 'background',
    lease: 'background',
    route: 'background',
  })
})
