// Entities that lived under older versions of their spec, on hosts that run a newer one.
import type { EntityEvent, EntityKey } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { all } from './helpers/all.ts'
import { startHost } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { long, specOf, taskSpec } from './helpers/task-spec.ts'
import { firstTicket, secondTicket, thirdTicket } from './helpers/ticket-specs.ts'

const ticket = (id: string): EntityKey => ({ tenant: 'default', type: 'Ticket', id })
const ref = ({ host }: TestHost, id = 't-1') => host.entity('Ticket', id)

/** A ticket that was begun and noted under version 1 and noted under version 2, and the host of version 3. */
async function threeAges(): Promise<{
  readonly first: TestHost
  readonly second: TestHost
  readonly third: TestHost
}> {
  const first = await startHost({ specs: [firstTicket] })
  await first.host.spawn('Ticket', { id: 't-1', fields: { msg: long('a') } })
  await ref(first).ask('Begin')
  await ref(first).ask('Note', { paper: long('p'), tone: 'dry' }, { idempotencyKey: 'n' })
  await first.host.stop()
  const second = await first.another({ specs: [secondTicket] })
  await ref(second).ask('Note', { text: 'short', tone: 'warm' })
  await second.host.stop()
  return { first, second, third: await second.another({ specs: [thirdTicket] }) }
}

describe('a host of a newer spec', () => {
  it('reads what happened under two older versions, and goes on from there', async () => {
    const { third } = await threeAges()
    const { state, event } = await ref(third).ask('Remark', { mood: 'sad' })
    expect(state).toMatchObject({
      status: 'Open',
      version: 5,
      counters: { remarks: 3 },
      fields: { text: 'short', mood: 'sad', reason: '' },
    })
    expect(Object.keys({ ...state.fields, ...state.refs }).sort()).toEqual([
      'mood',
      'reason',
      'remarks',
      'sheet',
      'status',
      'text',
    ])
    expect(event).toMatchObject({ specVersion: 3, sequence: 5 })
  })

  it('shows history under the names of today, or as it is stored', async () => {
    const { third, first } = await threeAges()
    const read = async (names: 'today' | 'stored'): Promise<readonly EntityEvent[]> =>
      all(ref(third).history({ names }))
    const [, begun, noted] = await all(ref(third).history())
    expect(begun).toMatchObject({ action: 'Begin', from: 'New', to: 'Open', specVersion: 3 })
    expect(noted).toMatchObject({ action: 'Remark', params: { mood: 'dry' }, paramRefs: { sheet: {} } })
    const stored = await read('stored')
    expect(stored.map(({ specVersion }) => specVersion)).toEqual([1, 1, 1, 2])
    expect(stored[2]).toMatchObject({ action: 'Note', params: { tone: 'dry' }, paramRefs: { paper: {} } })
    expect(await first.memory.readEvents(ticket('t-1'))).toEqual(stored)
  })

  it('finds an older snapshot of no use, and makes one of its own', async () => {
    const { third, first } = await threeAges()
    await ref(third).ask('Remark')
    await ref(third).ask('Remark')
    const loaded = await first.memory.load(ticket('t-1'), { specHash: (await last(third)).specHash })
    // Made when it was read, for it had four events and no snapshot to begin with.
    expect(loaded?.snapshot?.sequence).toBe(4)
    expect(third.host.passivate('Ticket', 't-1')).toBe(true)
    expect((await ref(third).state()).counters).toEqual({ remarks: 4 })
  })

  it('holds the content of a renamed field under its new name, and lets it go under that name', async () => {
    const { third } = await threeAges()
    const { memory, host } = third
    const { refs } = await ref(third).state()
    const hash = refs['sheet']?.hash ?? ''
    expect(await ref(third).readField('sheet')).toBe(long('p'))
    expect(await memory.findMissingClaims(ticket('t-1'), [{ field: 'sheet', hash }])).toEqual([])
    expect(await memory.findMissingClaims(ticket('t-1'), [{ field: 'paper', hash }])).toHaveLength(1)
    await host.sweep()
    expect(await ref(third).readField('sheet')).toBe(long('p'))
    await ref(third).ask('Remark', { sheet: 'small' })
    await host.sweep()
    expect(await memory.readBlob('default', hash)).toBeUndefined()
  })

  it('keeps the content of a renamed field while its claim cannot be made', async () => {
    const { third } = await threeAges()
    third.storage.fail('restoreClaims', 'storage_failed')
    expect(await ref(third).readField('sheet')).toBe(long('p'))
    await third.host.sweep()
    expect(await ref(third).readField('sheet')).toBe(long('p'))
  })

  it('puts back the lost content of a renamed field from the older event', async () => {
    const first = await startHost({ specs: [firstTicket] })
    await first.host.spawn('Ticket', { id: 't-1', fields: { msg: long('a') } })
    await first.host.stop()
    const second = await first.another({ specs: [secondTicket] })
    second.storage.intervene('readBlob', async () => undefined)
    expect(await ref(second).readField('text')).toBe(long('a'))
  })

  it('answers a repeated command with its first outcome, in the words of then and of today', async () => {
    const { third } = await threeAges()
    const key = { idempotencyKey: 'n' }
    const then = await ref(third).ask('Note', { paper: long('p'), tone: 'dry' }, key)
    const today = await ref(third).ask('Remark', { sheet: long('p'), mood: 'dry' }, key)
    expect(then.event).toMatchObject({ sequence: 3, action: 'Remark' })
    expect(today).toEqual(then)
    expect(then.state).toMatchObject({ version: 3, counters: { remarks: 1 } })
    const other = await ref(third).tryAsk('Remark', { sheet: long('p'), mood: 'wet' }, key)
    expect(other).toMatchObject({ ok: false, error: { code: 'idempotency_key_reused' } })
  })

  it('answers a repeated command whose param came later, whether or not it brings it', async () => {
    const first = await startHost({ specs: [firstTicket] })
    await first.host.spawn('Ticket', { id: 't-1' })
    await ref(first).ask('Begin')
    await ref(first).ask('End', {}, { idempotencyKey: 'e' })
    await first.host.stop()
    const third = await first.another({ specs: [thirdTicket] })
    for (const [action, params] of [
      ['End', {}],
      ['Close', {}],
      ['Close', { reason: 'none given' }],
    ] as const) {
      const { event, state } = await ref(third).ask(action, params, { idempotencyKey: 'e' })
      expect([event.sequence, state.status, state.fields['reason']]).toEqual([3, 'Closed', 'none given'])
    }
    const other = await ref(third).tryAsk('Close', { reason: 'because' }, { idempotencyKey: 'e' })
    expect(other).toMatchObject({ ok: false, error: { code: 'idempotency_key_reused' } })
  })

  it('lists entities by the status of today, in order, whatever storage calls it', async () => {
    const first = await startHost({ specs: [firstTicket] })
    for (const id of ['a', 'b', 'c', 'd']) await first.host.spawn('Ticket', { id })
    for (const id of ['a', 'c']) await ref(first, id).ask('Begin')
    await first.host.stop()
    const third = await first.another({ specs: [thirdTicket] })
    await ref(third, 'b').ask('Begin')
    const list = async (status?: string) =>
      (await all(third.host.entities('Ticket', status === undefined ? {} : { status }))).map(
        (head) => `${head.id} ${head.status}`,
      )
    expect(await list('Open')).toEqual(['a Open', 'b Open', 'c Open'])
    expect(await list('New')).toEqual(['d New'])
    expect(await list('Active')).toEqual([])
    expect(await list()).toEqual(['a Open', 'b Open', 'c Open', 'd New'])
  })

  it('asks the last event where one name has had two meanings', async () => {
    const first = await startHost({ specs: [firstTicket] })
    for (const id of ['a', 'b']) await first.host.spawn('Ticket', { id })
    await ref(first, 'a').ask('Begin')
    await first.host.stop()
    // What was Active is called Open, and Active means something else.
    const again = specOf(`
[automaton]
name = "Ticket"
version = 2
states = ["New", "Open", "Active"]
initial = "New"
[[action]]
name = "Begin"
from = ["New"]
to = "Active"
[[upcast]]
from_version = 1
rename_status = { Active = "Open" }
`)
    const second = await first.another({ specs: [again] })
    await ref(second, 'b').ask('Begin')
    const list = (status: string) => all(second.host.entities('Ticket', { status }))
    expect(await list('Open')).toMatchObject([{ id: 'a' }])
    expect(await list('Active')).toMatchObject([{ id: 'b' }])
  })

  it('tells guards of other entities the status of today', async () => {
    const watcher = specOf(`
[automaton]
name = "Watcher"
states = ["On"]
initial = "On"
[[state]]
name = "ticket"
type = "ref"
entity_type = "Ticket"
[[action]]
name = "Look"
guard = "Ticket[ticket].status == 'Open'"
`)
    const first = await startHost({ specs: [firstTicket, watcher] })
    await first.host.spawn('Ticket', { id: 't-1' })
    await ref(first).ask('Begin')
    await first.host.spawn('Watcher', { id: 'w', fields: { ticket: 't-1' } })
    await first.host.stop()
    const second = await first.another({ specs: [secondTicket, watcher] })
    expect((await second.host.entity('Watcher', 'w').ask('Look')).event.related).toEqual({
      'Ticket/t-1': 'Open',
    })
  })
})

describe('whoever reads the log through a host of a newer spec', () => {
  const seenBy = async (
    { host, clock }: TestHost,
    names?: 'today' | 'stored',
  ): Promise<{ readonly subscribed: readonly EntityEvent[]; readonly consumed: readonly EntityEvent[] }> => {
    const subscribed: EntityEvent[] = []
    const consumed: EntityEvent[] = []
    const reading = names === undefined ? {} : { names }
    const signal = new AbortController()
    const following = (async () => {
      for await (const { event } of host.subscribe({ ...reading, signal: signal.signal }))
        subscribed.push(event)
    })()
    const handler = (entries: readonly { readonly event: EntityEvent }[]): void =>
      void consumed.push(...entries.map(({ event }) => event))
    const consumer = host.consume({ name: `reads ${names}`, handler, ...reading })
    await clock.advance(0)
    signal.abort()
    await Promise.all([following, consumer.stop()])
    return { subscribed, consumed }
  }

  it('is given events of three versions as today names them, or as they are stored', async () => {
    const { third, first } = await threeAges()
    await ref(third).ask('Remark', { mood: 'sad' })
    const { subscribed, consumed } = await seenBy(third)
    expect(subscribed).toEqual(await all(ref(third).history()))
    expect(consumed).toEqual(subscribed)
    expect(subscribed.map(({ action }) => action)).toEqual(['Created', 'Begin', 'Remark', 'Remark', 'Remark'])
    expect(new Set(subscribed.map(({ specVersion }) => specVersion))).toEqual(new Set([3]))
    const stored = await seenBy(third, 'stored')
    expect(stored.subscribed).toEqual(await first.memory.readEvents(ticket('t-1')))
    expect(stored.consumed).toEqual(stored.subscribed)
    expect(stored.subscribed.map(({ specVersion }) => specVersion)).toEqual([1, 1, 1, 2, 3])
  })

  it('is given events of types that the host does not know as they are stored', async () => {
    const { third } = await threeAges()
    const other = await third.another({ specs: [taskSpec] })
    const { subscribed } = await seenBy(other)
    expect(subscribed.map(({ specVersion }) => specVersion)).toEqual([1, 1, 1, 2])
  })

  it('leaves a consumer whose next event is of a newer spec to a host that has it, and counts no failure', async () => {
    const { second, third } = await threeAges()
    await ref(third).ask('Remark', { mood: 'sad' })
    const behind = await second.another({ specs: [secondTicket] })
    const seen: string[] = []
    const consume = (name: string, { host }: TestHost) =>
      host.consume({
        name: 'both',
        leaseMs: 1_000,
        handler: (entries) => void seen.push(...entries.map(({ event }) => `${name} ${event.sequence}`)),
      })
    consume('second', behind)
    await behind.clock.advance(5_000)
    expect(seen).toEqual(['second 1', 'second 2', 'second 3', 'second 4'])
    const [state] = await behind.memory.listConsumers()
    expect(state).toMatchObject({ position: 4n, attempts: 0 })
    expect(state?.lastError).toContain('SpecOutdated')
    expect(behind.host.health().degraded).toMatchObject([{ operation: 'consume', about: 'both' }])
    consume('third', third)
    await behind.clock.advance(0)
    expect(seen.at(-1)).toBe('third 5')
    expect(await behind.memory.listConsumers()).toMatchObject([{ position: 5n, attempts: 0 }])
  })
})

describe('a hook', () => {
  it('reads older events where tables do not suffice', async () => {
    const { third } = await threeAges()
    await third.host.stop()
    const loud = (event: EntityEvent): EntityEvent => {
      const mood = event.params['mood']
      return typeof mood === 'string'
        ? { ...event, params: { ...event.params, mood: mood.toUpperCase() } }
        : event
    }
    const hooked = await third.another({ upcast: { Ticket: loud } })
    expect((await ref(hooked).state()).fields).toMatchObject({ mood: 'WARM' })
    expect(await all(hooked.host.entities('Ticket', { status: 'Open' }))).toMatchObject([
      { id: 't-1', status: 'Open' },
    ])
  })

  it('that is not pure, or is for no type of the host, is an error', async () => {
    const { third } = await threeAges()
    let calls = 0
    const moody = (event: EntityEvent): EntityEvent => ({ ...event, params: { calls: ++calls } })
    const hooked = await third.another({ upcast: { Ticket: moody } })
    const outcome = await ref(hooked).tryAsk('Remark')
    expect(outcome).toMatchObject({ ok: false, error: { code: 'upcast_failed' } })
    await expect(third.another({ upcast: { Tickets: moody } })).rejects.toMatchObject({
      code: 'invalid_option',
    })
  })
})

describe('a host of an older spec', () => {
  it('refuses an entity that has events of a newer version, and leaves it alone', async () => {
    const { second, third } = await threeAges()
    const behind = await second.another({ specs: [secondTicket] })
    expect((await ref(behind).state()).status).toBe('Open')
    await ref(third).ask('Remark')
    const before = await third.memory.readEvents(ticket('t-1'))
    const outcome = await ref(behind).tryAsk('Note')
    expect(outcome).toMatchObject({ ok: false, error: { code: 'spec_outdated' } })
    expect(await third.memory.readEvents(ticket('t-1'))).toEqual(before)
  })
})

async function last(host: TestHost): Promise<EntityEvent> {
  const events = await all(ref(host).history())
  const event = events.at(-1)
  if (event === undefined) throw new Error('no event')
  return event
}
