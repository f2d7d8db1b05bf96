import { openMemoryStorage } from '@perdure/core/memory'
import { expect, it } from 'vitest'
import { specOf } from './helpers/task-spec.ts'
import { note, report, startHost } from './snippets/hosting.ts'
import { startShared } from './snippets/tenants.ts'

const noteSpec = specOf(`
[automaton]
name = "Note"
states = ["Open"]
initial = "Open"

[[state]]
name = "text"

[[action]]
name = "Write"
params = ["text"]
`)

it('what the guide on hosting shows works', async () => {
  const storage = openMemoryStorage()
  const host = await startHost({ specs: [noteSpec], storage, keepStorageOpen: true })
  await host.spawn('Note', { id: 'n-1' })
  await note(host, 'n-1', 'hello')
  await host.flush()
  expect(await host.entity('Note', 'n-1').readField('text')).toBe('hello')
  const { status, body } = report(host)
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({
    state: 'running',
    processed: 2,
    committed: 2,
    oldestWaitingMs: null,
  })
  await host.stop()
  expect(report(host).status).toBe(503)
})

it('what it shows of several tenants works', async () => {
  const options = { specs: [noteSpec], storage: openMemoryStorage() }
  await using host = await startShared(options, (tenant) => tenant === 'new')
  const asked = Array.from({ length: 2_200 }, (_, index) =>
    host.spawn('Note', { id: `n-${index}`, tenant: 'new' }),
  )
  const codes = (await Promise.allSettled(asked)).map((outcome) =>
    outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { readonly code: string }).code,
  )
  expect(codes.filter((code) => code === 'overloaded')).toHaveLength(100)
  expect(codes.filter((code) => code === 'ok')).toHaveLength(2_100)
  expect(host.residents).toBeLessThanOrEqual(1_100)
})
