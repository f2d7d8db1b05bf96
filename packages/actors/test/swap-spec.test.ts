// A host that is given another spec while it runs.
import type { EntitySpec } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { waitFor } from 'xstate'
import type { SpecSwapRefused } from '../src/index.ts'
import { all } from './helpers/all.ts'
import { startHost, watch } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { long } from './helpers/task-spec.ts'
import { firstTicket, secondTicket, thirdTicket } from './helpers/ticket-specs.ts'

const ref = ({ host }: TestHost, id = 't-1') => host.entity('Ticket', id)
const key = (id: string, tenant = 'default') => ({ tenant, type: 'Ticket', id })

/** A host of version 1 with a ticket that has begun. */
async function begun(options: Parameters<typeof startHost>[0] = {}): Promise<TestHost> {
  const started = await startHost({ specs: [firstTicket], ...options })
  await started.host.spawn('Ticket', { id: 't-1' })
  await ref(started).ask('Begin')
  return started
}

/** Version 2 without its upcast: the status Active and two variables are gone. */
const forgetful: EntitySpec = { ...secondTicket, upcasts: [] }

async function refusal(swap: Promise<unknown>): Promise<SpecSwapRefused> {
  const error: unknown = await swap.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'spec_swap_refused' })
  return error as SpecSwapRefused
}

describe('a swap of the spec', () => {
  it('gives the entities in memory and those in storage the new names', async () => {
    const started = await begun()
    await started.host.spawn('Ticket', { id: 't-2' })
    started.host.passivate('Ticket', 't-2')
    const result = await started.host.swapSpec(secondTicket)
    expect(result).toMatchObject({ type: 'Ticket', version: 2, differences: [] })
    expect((await ref(started).state()).status).toBe('Open')
    const { event } = await ref(started).ask('Note', { text: 'hi' })
    expect(event).toMatchObject({ specVersion: 2, specHash: result.specHash, sequence: 3 })
    expect((await ref(started, 't-2').ask('Begin')).state.status).toBe('Open')
  })

  it('decides what waits under the new spec, and lets what is decided commit as it was', async () => {
    const started = await begun()
    const held = started.storage.hold('commit')
    const before = ref(started).ask('Note', { msg: 'then' })
    await held.arrived
    const swap = started.host.swapSpec(secondTicket)
    await new Promise(setImmediate)
    const after = ref(started).ask('Note', { text: 'now' })
    const stale = ref(started).tryAsk('Note', { msg: 'then' })
    const seen = watch(swap)
    await new Promise(setImmediate)
    expect(seen.isSettled).toBe(false)
    held.release()
    await swap
    expect((await before).event).toMatchObject({ specVersion: 1, params: { msg: 'then' }, sequence: 3 })
    const { event, state } = await after
    expect(event).toMatchObject({ specVersion: 2, params: { text: 'now' }, sequence: 4 })
    expect(state).toMatchObject({ counters: { notes: 2 }, fields: { text: 'now' } })
    expect(await stale).toMatchObject({ ok: false, error: { code: 'undeclared_param' } })
  })

  it('decides a command that was being looked up for anew', async () => {
    const started = await begun()
    const held = started.storage.hold('findByIdempotencyKey')
    const asked = ref(started).ask('Note', {}, { idempotencyKey: 'k' })
    await held.arrived
    await started.host.swapSpec(secondTicket)
    held.release()
    expect((await asked).event).toMatchObject({ specVersion: 2, from: 'Open' })
    expect((await started.memory.readEvents(key('t-1'))).length).toBe(3)
  })

  it('reads an entity again that was being loaded', async () => {
    const started = await begun()
    started.host.passivate('Ticket', 't-1')
    const held = started.storage.hold('load')
    const state = ref(started).state()
    await held.arrived
    await started.host.swapSpec(secondTicket)
    held.release()
    expect((await state).status).toBe('Open')
  })

  it('keeps the actor, its subscribers and its waiters', async () => {
    const started = await begun()
    const { actor } = ref(started)
    const statuses: string[] = []
    ref(started).subscribe(({ status }) => statuses.push(status))
    const closed = waitFor(actor, (snapshot) => snapshot.context?.status === 'Closed')
    await started.host.swapSpec(thirdTicket)
    expect(ref(started).actor).toBe(actor)
    await ref(started).ask('Close')
    expect((await closed).context).toMatchObject({ status: 'Closed', fields: { reason: '' } })
    expect(statuses).toEqual(['Closed'])
    expect(actor.getSnapshot().status).toBe('active')
  })

  it('gives every event of a burst during it one spec, and contiguous sequences', async () => {
    const started = await begun()
    const same = { ...firstTicket, version: 2 }
    const held = started.storage.hold('commit')
    const asks = Array.from({ length: 40 }, () => ref(started).ask('Note'))
    const swap = started.host.swapSpec(same)
    await new Promise(setImmediate)
    asks.push(...Array.from({ length: 40 }, () => ref(started).ask('Note')))
    held.release()
    const outcomes = await Promise.all(asks)
    const { specHash } = await swap
    expect(outcomes.map(({ event }) => event.sequence)).toEqual(outcomes.map((_, index) => index + 3))
    for (const { event } of outcomes) expect(event.specHash === specHash).toBe(event.specVersion === 2)
    expect(new Set(outcomes.map(({ event }) => event.specVersion))).toEqual(new Set([1, 2]))
    expect((await ref(started).state()).counters).toEqual({ notes: 80 })
  })

  it('decides again under the new spec what lost to another host meanwhile', async () => {
    const started = await begun()
    const other = await started.another({})
    const held = started.storage.hold('commit')
    const lost = ref(started).ask('Note')
    await held.arrived
    await ref(other).ask('Note')
    const swap = started.host.swapSpec(secondTicket)
    held.release()
    await swap
    expect((await lost).event).toMatchObject({ specVersion: 2, sequence: 4, from: 'Open' })
  })

  it('follows a swap before it', async () => {
    const started = await begun()
    const swaps = await Promise.all([started.host.swapSpec(secondTicket), started.host.swapSpec(thirdTicket)])
    expect(swaps.map(({ version }) => version)).toEqual([2, 3])
    expect((await ref(started).ask('Remark')).event.specVersion).toBe(3)
  })

  it('makes a snapshot of another spec no snapshot', async () => {
    const started = await begun()
    await ref(started).ask('Note', { paper: long('p') })
    await started.host.swapSpec(secondTicket)
    expect(await ref(started).readField('sheet')).toBe(long('p'))
    expect((await all(ref(started).history())).map(({ action }) => action)).toEqual([
      'Created',
      'Begin',
      'Note',
    ])
  })
})

describe('a swap that would lose something', () => {
  it('is refused with the entities that are in a status it does away with, of every tenant', async () => {
    const started = await begun()
    await started.host.spawn('Ticket', { id: 't-9', tenant: 'other' })
    await started.host.entity('Ticket', 't-9', { tenant: 'other' }).ask('Begin')
    await started.host.spawn('Ticket', { id: 't-2' })
    const { reasons, message } = await refusal(
      started.host.swapSpec({ ...firstTicket, states: ['New', 'Done'] }),
    )
    expect(reasons).toEqual([
      {
        kind: 'status_removed',
        status: 'Active',
        entities: [key('t-1'), key('t-9', 'other')],
        hasMore: false,
      },
    ])
    expect(message).toContain('default/t-1, other/t-9')
    expect((await ref(started).ask('Note')).event).toMatchObject({ specVersion: 1 })
  })

  it('is carried out when nobody has what it does away with', async () => {
    const started = await startHost({ specs: [firstTicket] })
    await started.host.spawn('Ticket', { id: 'gone' })
    await ref(started, 'gone').delete()
    const { differences } = await started.host.swapSpec(forgetful)
    expect(differences.map(({ kind }) => kind)).toContain('variable_removed')
  })

  it('is refused for variables, fields and types, unless that is allowed by name', async () => {
    const started = await begun()
    await ref(started).ask('Note', { msg: 'hi', tone: 'dry' })
    const variables = firstTicket.variables.flatMap((variable) =>
      variable.name === 'msg'
        ? []
        : variable.name === 'notes'
          ? [{ ...variable, type: 'int' as const }]
          : [variable],
    )
    const actions = firstTicket.actions.map((rule) => ({ ...rule, params: [] }))
    const poorer = { ...firstTicket, variables, actions }
    const { reasons } = await refusal(started.host.swapSpec(poorer))
    expect(reasons.map(({ kind }) => kind)).toEqual([
      'variable_type_changed',
      'variable_removed',
      'field_removed',
    ])
    expect(reasons[1]).toMatchObject({ variable: 'msg', entities: [key('t-1')] })
    const allow = ['variable_type_changed', 'variable_removed', 'field_removed'] as const
    await started.host.swapSpec(poorer, { allow })
    const { state } = await ref(started).ask('Note')
    expect(state).toMatchObject({ numbers: { notes: 2 }, counters: {}, fields: { msg: 'hi', tone: 'dry' } })
  })

  it('lists no more than twenty entities', async () => {
    const started = await startHost({ specs: [firstTicket] })
    await Promise.all(Array.from({ length: 23 }, (_, id) => started.host.spawn('Ticket', { id: `t-${id}` })))
    const { reasons, message } = await refusal(started.host.swapSpec({ ...firstTicket, variables: [] }))
    expect(reasons[0]).toMatchObject({ hasMore: true })
    expect(reasons[0]?.entities).toHaveLength(20)
    expect(message).toContain('and many more')
  })

  it('is refused when an entity slips into the status between the looks, and what waited goes on', async () => {
    let slip = async (): Promise<void> => {}
    const started = await startHost({
      specs: [firstTicket],
      probe: (point) => (point === 'host.before_swap' ? slip() : undefined),
    })
    await started.host.spawn('Ticket', { id: 't-1' })
    const other = await started.another({ probe: () => undefined })
    let waiting: Promise<unknown> = Promise.resolve()
    slip = async () => {
      await ref(other).ask('Begin')
      waiting = ref(started).updateFields({ tone: 'dry' })
    }
    const { reasons } = await refusal(started.host.swapSpec({ ...firstTicket, states: ['New', 'Done'] }))
    expect(reasons).toMatchObject([{ kind: 'status_removed', entities: [key('t-1')] }])
    expect(await waiting).toMatchObject({ event: { specVersion: 1, sequence: 3 } })
  })

  it('holds an entity that comes to memory during the last look, and lets it go on under the new spec', async () => {
    let during = async (): Promise<void> => {}
    const started = await startHost({
      specs: [firstTicket],
      probe: (point) => (point === 'host.before_swap' ? during() : undefined),
    })
    await started.host.spawn('Ticket', { id: 't-1' })
    started.host.passivate('Ticket', 't-1')
    let asked: Promise<unknown> = Promise.resolve()
    during = async () => {
      asked = ref(started).ask('Begin')
      await new Promise(setImmediate)
    }
    await started.host.swapSpec({
      ...secondTicket,
      states: ['New', 'Open'],
      terminal: [],
      actions: secondTicket.actions.slice(0, 2),
    })
    expect(await asked).toMatchObject({ event: { specVersion: 2, to: 'Open' } })
  })

  it('is refused when its version is lowered', async () => {
    const started = await begun({ specs: [{ ...firstTicket, version: 2 }] })
    expect((await refusal(started.host.swapSpec(firstTicket))).reasons).toMatchObject([
      { kind: 'version_lowered', before: 2, after: 1 },
    ])
  })

  it('changes nothing when storage cannot say', async () => {
    const started = await begun()
    started.storage.fail('listAcrossTenants', 'storage_failed')
    await expect(started.host.swapSpec(forgetful)).rejects.toMatchObject({ code: 'storage_failed' })
    expect((await ref(started).ask('Note')).event.specVersion).toBe(1)
  })
})

describe('what cannot be swapped', () => {
  it('is a type that the host does not run, a spec it cannot run, or anything once it stops', async () => {
    const started = await begun()
    await expect(started.host.swapSpec({ ...firstTicket, name: 'Tickets' })).rejects.toMatchObject({
      code: 'unknown_entity_type',
    })
    await started.host.stop()
    await expect(started.host.swapSpec(secondTicket)).rejects.toMatchObject({ code: 'host_stopped' })
  })
})
