// docs/guides/spec-change.md shows what really happens.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import { specOf } from './helpers/task-spec.ts'
import { firstTicket } from './helpers/ticket-specs.ts'
import { goOver, inCapitals } from './snippets/spec-change.ts'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus/valid/ticket.ioa.toml')
const ticket = specOf(readFileSync(corpus, 'utf8'))

it('the guide swaps a spec, and says what stands in the way', async () => {
  const { host } = await startHost({
    specs: [{ ...firstTicket, variables: firstTicket.variables.slice(0, 2), actions: [] }],
  })
  await host.spawn('Ticket', { id: 't-1', fields: { msg: 'hi' } })
  expect(await goOver(host, { ...ticket, states: ['Open'], initial: 'Open' })).toEqual([
    'status_removed: t-1',
  ])
  expect(await goOver(host, ticket)).toEqual([])
  expect((await host.entity('Ticket', 't-1').state()).fields).toMatchObject({ text: 'hi', remarks: 0 })
})

it('the hook of the guide reads texts of version 1 in capitals', async () => {
  const one = await startHost({ specs: [firstTicket] })
  await one.host.spawn('Ticket', { id: 't-1', fields: { msg: 'hi' } })
  await one.host.stop()
  const { host } = await one.another({ specs: [ticket], upcast: { Ticket: inCapitals } })
  expect((await host.entity('Ticket', 't-1').state()).fields).toMatchObject({ text: 'HI' })
})
