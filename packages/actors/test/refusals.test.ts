// Every way a command is refused, by its code; and that a refused command leaves no trace at all.
import { ActionRejected, PayloadTooLarge, createHost } from '../src/index.ts'
import type { EntityRef, Host } from '../src/index.ts'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { startHost, traces } from './helpers/start-host.ts'
import { long, specOf, taskSpec } from './helpers/task-spec.ts'

interface Refusal {
  readonly what: string
  readonly code: string
  readonly ask: (task: EntityRef, host: Host) => Promise<unknown>
  readonly message?: RegExp
}

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

const refusals: readonly Refusal[] = [
  {
    what: 'an unknown action',
    code: 'unknown_action',
    ask: (task) => task.ask('Stat'),
    message: /did you mean Start\?/,
  },
  {
    what: 'no action at all',
    code: 'unknown_action',
    ask: (task) => task.ask(undefined as unknown as string),
  },
  {
    what: 'an action not possible in this status',
    code: 'wrong_status',
    ask: (task) => task.ask('Close'),
    message: /possible in Busy/,
  },
  {
    what: 'an action whose guard fails',
    code: 'guard_failed',
    ask: (task) => task.ask('Approve'),
    message: /len\(note\)/,
  },
  {
    what: 'a param that the action does not declare',
    code: 'undeclared_param',
    ask: (task) => task.ask('Add', { amount: 1, amuont: 2 }),
    message: /did you mean "amount"/,
  },
  {
    what: 'a param of the wrong type',
    code: 'wrong_param_type',
    ask: (task) => task.ask('Add', { amount: 'two' }),
  },
  { what: 'a missing param', code: 'missing_param', ask: (task) => task.ask('Add'), message: /"amount"/ },
  {
    what: 'a violated invariant',
    code: 'invariant_violated',
    ask: (task) => task.ask('Add', { amount: 11 }),
    message: /AtMostTen/,
  },
  {
    what: 'a payload over the limit',
    code: 'payload_too_large',
    ask: (task) => task.ask('Write', { note: 'x'.repeat(5_000) }),
    message: /5000|5011|4096/,
  },
  {
    what: 'an event over the limit',
    code: 'payload_too_large',
    ask: (task) => task.updateFields({ tags: ['x'.repeat(3_000)] }),
    message: /the event of FieldsUpdated/,
  },
  {
    what: 'a value that JSON cannot say, with its path',
    code: 'not_json',
    ask: (task) => task.ask('Write', { draft: { list: [1, { at: new Date(0) }] } }),
    message: /params\.draft\.list\[1\]\.at is an instance of Date/,
  },
  {
    what: 'NaN',
    code: 'not_json',
    ask: (task) => task.ask('Add', { amount: NaN }),
    message: /params\.amount is NaN/,
  },
  {
    what: 'undefined inside params',
    code: 'not_json',
    ask: (task) => task.ask('Write', { note: undefined }),
    message: /params\.note is undefined/,
  },
  { what: 'a bigint', code: 'not_json', ask: (task) => task.ask('Add', { amount: 1n }) },
  {
    what: 'a cycle',
    code: 'not_json',
    ask: (task) => task.ask('Write', { draft: cyclic }),
    message: /params\.draft\.self is a cycle/,
  },
  {
    what: 'params that are no object',
    code: 'not_json',
    ask: (task) => task.ask('Add', [1] as unknown as Record<string, unknown>),
  },
  {
    what: 'values nested too deep',
    code: 'not_json',
    ask: (task) => task.ask('Write', { draft: nested(20) }),
    message: /nested deeper than 16/,
  },
  {
    what: 'a reserved field name',
    code: 'reserved_field_name',
    ask: (task) => task.updateFields({ status: 'Closed' }),
  },
  { what: 'an empty id', code: 'invalid_id', ask: (_task, host) => host.spawn('Task', { id: '' }) },
  { what: 'an id with NUL', code: 'invalid_id', ask: (_task, host) => host.spawn('Task', { id: 'a\0b' }) },
  {
    what: 'an id with a lone surrogate',
    code: 'invalid_id',
    ask: (_task, host) => host.spawn('Task', { id: '\ud800' }),
  },
  {
    what: 'an id over 255 bytes',
    code: 'invalid_id',
    ask: (_task, host) => host.spawn('Task', { id: 'ä'.repeat(128) }),
  },
  {
    what: 'an id that is no string',
    code: 'invalid_id',
    ask: (_task, host) => host.spawn('Task', { id: 7 as unknown as string }),
  },
  {
    what: 'a malformed tenant',
    code: 'invalid_tenant',
    ask: (_task, host) => host.spawn('Task', { tenant: '' }),
  },
  {
    what: 'a malformed idempotency key',
    code: 'invalid_idempotency_key',
    ask: (task) => task.ask('Start', {}, { idempotencyKey: '' }),
  },
  {
    what: 'an unknown entity type',
    code: 'unknown_entity_type',
    ask: (_task, host) => host.spawn('Tusk'),
    message: /did you mean Task\?/,
  },
  {
    what: 'an entity that was never created',
    code: 'entity_not_found',
    ask: (_task, host) => host.entity('Task', 'none').ask('Start'),
    message: /host\.spawn/,
  },
  {
    what: 'the state of an entity that was never created',
    code: 'entity_not_found',
    ask: (_task, host) => host.entity('Task', 'none').state(),
  },
  {
    what: 'another version than the expected one',
    code: 'conflict',
    ask: (task) => task.ask('Start', {}, { expectedSequence: 7 }),
    message: /at version 1, not at 7/,
  },
  {
    what: 'creation with a value of the wrong type',
    code: 'wrong_param_type',
    ask: (_task, host) => host.spawn('Task', { fields: { count: -1 } }),
  },
  {
    what: 'creation that violates an invariant',
    code: 'invariant_violated',
    ask: (_task, host) => host.spawn('Task', { fields: { count: 11 } }),
  },
]

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)]
}

describe('a refused command', () => {
  it.each(refusals)('for $what has the code $code and leaves no trace', async ({ ask, code, message }) => {
    const { host, memory, task } = await startHost({ limits: { maxEventBytes: 4096, maxNestingDepth: 16 } })
    const ref = await task('t-1')
    const before = await traces(memory, 't-1')
    await expect(ask(ref, host)).rejects.toMatchObject({
      code,
      ...(message === undefined ? {} : { message: expect.stringMatching(message) as unknown }),
    })
    expect(await traces(memory, 't-1')).toEqual(before)
    expect((await ref.state()).version).toBe(1)
    expect((await ref.ask('Start')).event.sequence).toBe(2)
  })

  it('tells the part of the guard that failed, with what it saw', async () => {
    const { task } = await startHost()
    const error = await (await task('t-1', { note: 'abc' })).ask('Approve').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ActionRejected)
    expect(error).toMatchObject({ action: 'Approve', failing: { expression: 'len(note) > 3' } })
  })

  it('for its size says how large it may be', async () => {
    const { task } = await startHost({ limits: { maxEventBytes: 1_000 } })
    const error = await (
      await task('t-1')
    )
      .ask('Write', { note: 'x'.repeat(2_000) })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(PayloadTooLarge)
    expect(error).toMatchObject({ details: { entity: 'Task/t-1', bytes: 2_011, maxBytes: 1_000 } })
  })

  it('spoils nothing for the commands before and behind it', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const outcomes = await Promise.all([
      ref.tryAsk('Add', { amount: 6 }),
      ref.tryAsk('Add', { amount: 6 }),
      ref.tryAsk('Write', { draft: 1n }),
      ref.tryAsk('Add', { amount: 4 }),
    ])
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.event.sequence : outcome.error.code))).toEqual([
      2,
      'invariant_violated',
      'not_json',
      3,
    ])
  })

  it('of a fault of ours ends alone, with the code internal', async () => {
    let count = 0
    const ids = {
      next: () => {
        if (++count === 2) throw new Error('out of ids')
        return `id-${count}`
      },
    }
    const { task } = await startHost({ ids })
    const ref = await task('t-1')
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'internal' })
    expect((await ref.ask('Start')).event.sequence).toBe(2)
  })
})

describe('a host', () => {
  it.each([
    [
      'an integration',
      `[[integration]]\nname = "Call"\ntrigger = "Go"\ntype = "handler"\nmodule = "call"`,
      /\[\[integration\]\] Call/,
    ],
    [
      'a state timeout',
      `[[state_timeout]]\nstate = "On"\nafter_seconds = 5\non_timeout = "Go"`,
      /\[\[state_timeout\]\] of On/,
    ],
    [
      'an effect schedule',
      `[[action]]\nname = "Late"\neffect = "schedule('Go', 5)"`,
      /Lamp: effect schedule of Late; take them out of the specs to start$/,
    ],
    [
      'an effect schedule_at',
      `[[action]]\nname = "Late"\neffect = "schedule_at('Go', label)"`,
      /Lamp: effect schedule_at of Late; take them out of the specs to start$/,
    ],
    [
      'an effect cancel',
      `[[action]]\nname = "Late"\neffect = "cancel('Go')"`,
      /Lamp: effect cancel of Late; take them out of the specs to start$/,
    ],
    [
      'an effect spawn',
      `[[action]]\nname = "Late"\neffect = "spawn('Lamp', 'Go', label)"`,
      /Lamp: effect spawn of Late; take them out of the specs to start$/,
    ],
    ['a key', `[[key]]\nname = "ByName"\nproperties = ["label"]`, /\[\[key\]\] ByName/],
  ])('does not start with %s, which it would not carry out', async (_what, section, message) => {
    const spec = specOf(
      `[automaton]\nname = "Lamp"\nstates = ["On"]\ninitial = "On"\n[[state]]\nname = "label"\n[[action]]\nname = "Go"\n${section}\n`,
    )
    const starting = createHost({ specs: [taskSpec, spec], storage: openMemoryStorage() })
    await expect(starting).rejects.toMatchObject({
      code: 'spec_not_supported',
      message: expect.stringMatching(message) as unknown,
    })
  })

  it('starts with a spec that emits, which needs nobody to listen', async () => {
    const spec = specOf(
      `[automaton]\nname = "Lamp"\nstates = ["On"]\ninitial = "On"\n[[action]]\nname = "Go"\neffect = "emit('gone')"\n`,
    )
    const host = await createHost({ specs: [spec], storage: openMemoryStorage() })
    const lamp = await host.spawn('Lamp')
    expect((await lamp.ask('Go')).event.effects).toEqual([['', 'emit', 'gone']])
    await host.stop()
  })

  it.each([
    ['no room for a command', { maxCommandsInFlight: 0 }],
    ['batches of nothing', { maxBatchEvents: -1 }],
    ['half an event a batch', { maxBatchEvents: 0.5 }],
    ['a negative ceiling', { inlineMaxBytes: -1 }],
    ['a budget that is no number', { retry: { budgetMs: NaN } }],
    ['a limit of nothing', { limits: { maxEventBytes: 0 } }],
    ['two specs of one name', { specs: [taskSpec, taskSpec] }],
  ])('does not start with %s', async (_what, options) => {
    const starting = createHost({ specs: [taskSpec], storage: openMemoryStorage(), ...options })
    await expect(starting).rejects.toMatchObject({ code: 'invalid_option' })
  })

  it('does not start for a tenant that cannot be one', async () => {
    const starting = createHost({ specs: [taskSpec], storage: openMemoryStorage(), tenant: 'a\0' })
    await expect(starting).rejects.toMatchObject({ code: 'invalid_tenant' })
  })
})

describe('a guard on content', () => {
  it('that has overflowed sees the content', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    await ref.ask('Write', { note: long('ab') })
    expect((await ref.state()).refs).toHaveProperty('note')
    expect((await ref.ask('Approve')).event.sequence).toBe(3)
  })

  it('that is not committed yet sees the content, without asking the storage', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = [ref.ask('Write', { note: long('ab') }), ref.ask('Approve')]
    await held.arrived
    held.release()
    await Promise.all(asked)
    expect(storage.calls.get('readBlob')).toBeUndefined()
  })

  it('that has expired is refused as unavailable, and the entity goes on', async () => {
    const { task, clock } = await startHost()
    const ref = await task('t-1')
    await ref.ask('Write', { draft: long('ab') })
    await clock.advance(60_000)
    await expect(ref.ask('ApproveDraft')).rejects.toMatchObject({
      code: 'field_unavailable',
      reason: 'expired',
    })
    expect((await ref.ask('Start')).event.sequence).toBe(3)
  })

  it('that went missing while the entity was in memory finds it again in the log', async () => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    const { state } = await ref.ask('Write', { note: long('ab') })
    memory.tamper.deleteBlob('default', state.refs['note']?.hash ?? '')
    await ref.ask('Approve')
    expect((await memory.stats()).blobs).toBe(1)
  })
})

describe('a guard on a related entity', () => {
  it('sees its committed status, and null when there is none', async () => {
    const { task } = await startHost()
    const parent = await task('p', { count: 1 })
    const child = await task('c', { parent: 'p' })
    const orphan = await task('o')
    await expect(child.ask('Follow')).rejects.toMatchObject({ code: 'guard_failed' })
    await expect(orphan.ask('Follow')).rejects.toMatchObject({ code: 'guard_failed' })
    await parent.ask('Start')
    await parent.ask('Close')
    expect((await child.ask('Follow')).event.sequence).toBe(2)
  })

  it('never sees a related entity of another tenant', async () => {
    const { host, task } = await startHost()
    const parent = await task('p', { count: 1 })
    await parent.ask('Start')
    await parent.ask('Close')
    const child = await host.spawn('Task', { tenant: 'acme', fields: { parent: 'p' } })
    await expect(child.ask('Follow')).rejects.toMatchObject({ code: 'guard_failed' })
  })
})
