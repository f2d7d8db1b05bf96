// status == 'Closed' => !empty(assignee) is false in Closed after Close; at run time that command is refused because of it, so a guard should say no first
import { createHost } from '@perdure/actors'
import { openMemoryStorage } from '@perdure/core/memory'
import { loadSpecs } from '@perdure/spec-parser'
import { expect, it } from 'vitest'

it('Ticket: invariant SomebodyClosedIt is refuted by this run', async () => {
  const specs = await loadSpecs('packages/testkit/test/checker/tickets.ioa.toml')
  const host = await createHost({ specs, storage: openMemoryStorage() })
  const entity = await host.spawn('Ticket')
  const refusals: string[] = []
  await entity.ask('Assign', { assignee: '' })
  await entity.ask('Comment')
  const refused = await entity.tryAsk('Close')
  if (!refused.ok) refusals.push(refused.error.code)
  expect(refusals).toEqual(['invariant_violated'])
  expect((await entity.state()).status).toBe('Assigned')
  await host.stop()
})
