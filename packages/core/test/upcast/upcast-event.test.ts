import {
  SpecOutdated,
  UpcastFailed,
  compileModel,
  evolve,
  fieldValueOfEvent,
  readingsOf,
  statusesToday,
  storedStatuses,
  unborn,
  upcastEvent,
} from '@perdure/core'
import type { EntityEvent, EntityModel, EntitySpec, UpcastHook, UpcastSpec } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { LiveEntity, act, update } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const upcastOf = (fromVersion: number, parts: Partial<UpcastSpec> = {}): UpcastSpec => ({
  fromVersion,
  renameAction: {},
  renameParam: {},
  renameStatus: {},
  renameVariable: {},
  defaultParam: {},
  ...parts,
})

const long = 'x'.repeat(100)
const small = { overflow: { inlineMaxBytes: 20 } }

/** The same entity type through three versions: everything has another name in the end, and Finish takes a reason. */
const first = specOf({
  states: ['New', 'Done'],
  initial: 'New',
  terminal: ['Done'],
  variables: [variableOf('turns', 'counter'), variableOf('msg', 'string', small)],
  actions: [
    ruleOf('Say', {
      params: [paramOf('msg'), paramOf('tone')],
      effects: [{ kind: 'add', variable: 'turns', amount: { kind: 'literal', value: 1 } }],
    }),
    ruleOf('End', { from: ['New'], to: 'Done' }),
  ],
})
const second: EntitySpec = {
  ...first,
  version: 2,
  states: ['Open', 'Done'],
  initial: 'Open',
  variables: [variableOf('turns', 'counter'), variableOf('text', 'string', small)],
  actions: [
    ruleOf('Say', {
      params: [paramOf('text'), paramOf('tone')],
      effects: [{ kind: 'add', variable: 'turns', amount: { kind: 'literal', value: 1 } }],
    }),
    ruleOf('Finish', { from: ['Open'], to: 'Done' }),
  ],
  upcasts: [
    upcastOf(1, {
      renameStatus: { New: 'Open' },
      renameAction: { End: 'Finish' },
      renameVariable: { msg: 'text' },
      renameParam: { msg: 'text' },
    }),
  ],
}
const third: EntitySpec = {
  ...second,
  version: 3,
  states: ['Open', 'Closed'],
  terminal: ['Closed'],
  variables: [variableOf('rounds', 'counter'), variableOf('text', 'string', small), variableOf('reason')],
  actions: [
    ruleOf('Say', {
      params: [paramOf('text'), paramOf('mood')],
      effects: [{ kind: 'add', variable: 'rounds', amount: { kind: 'literal', value: 1 } }],
    }),
    ruleOf('Finish', { from: ['Open'], to: 'Closed', params: [paramOf('reason')] }),
  ],
  upcasts: [
    ...second.upcasts,
    upcastOf(2, {
      renameStatus: { Done: 'Closed' },
      renameVariable: { turns: 'rounds' },
      renameParam: { tone: 'mood' },
      defaultParam: { reason: 'none given' },
    }),
  ],
}
const [one, two, three] = [first, second, third].map((spec) => compileModel(spec)) as [
  EntityModel,
  EntityModel,
  EntityModel,
]

/** Lived through all three versions. */
function threeAges(): LiveEntity {
  const entity = LiveEntity.create(one, { msg: long })
  entity.apply(act('Say', { msg: 'hi', tone: 'dry' }))
  entity.reload(two)
  entity.apply(act('Say', { text: 'well', tone: 'warm' }))
  entity.reload(three)
  entity.apply(act('Say', { text: long, mood: 'sad' }))
  return entity
}

describe('a history of three versions', () => {
  it('reads as one, whichever version wrote each event', () => {
    const entity = threeAges()
    expect(entity.journal.map(({ specVersion }) => specVersion)).toEqual([1, 1, 2, 3])
    expect(entity.state).toMatchObject({
      status: 'Open',
      version: 4,
      counters: { rounds: 3 },
      fields: { status: 'Open', rounds: 3, mood: 'sad' },
      refs: { text: { sequence: 4 } },
    })
    expect(Object.keys(entity.state.fields).sort()).toEqual(['mood', 'reason', 'rounds', 'status'])
  })

  it('is left as it is: what is stored does not change', () => {
    const entity = threeAges()
    const before = JSON.stringify(entity.journal)
    for (const event of entity.journal) upcastEvent(three, event)
    expect(JSON.stringify(entity.journal)).toBe(before)
    expect(entity.journal[0]?.effects).toContainEqual(['turns', 'counter', 0])
  })

  it('gives the state that events migrated beforehand give', () => {
    const entity = threeAges()
    const migrated = entity.journal.map((event) => upcastEvent(three, event))
    expect(evolve(three, unborn, migrated).state).toEqual(evolve(three, unborn, entity.journal).state)
  })

  it('reads the same when it is read again, also where names were exchanged', () => {
    const exchanged = compileModel({
      ...third,
      version: 4,
      upcasts: [upcastOf(3, { renameVariable: { text: 'reason', reason: 'text' } })],
    })
    for (const event of threeAges().journal) {
      const today = upcastEvent(exchanged, event)
      expect(upcastEvent(exchanged, today)).toBe(today)
    }
  })
})

describe('an upcast of one event', () => {
  const end = (): EntityEvent => LiveEntity.create(one).apply(act('End'))

  it('keeps who, when, in which order and by which spec', () => {
    const event = end()
    const { specVersion, ...today } = upcastEvent(three, event)
    expect(specVersion).toBe(3)
    expect(today).toMatchObject({ eventId: event.eventId, sequence: 2, at: event.at, specHash: one.specHash })
    expect(today).toMatchObject({ action: 'Finish', from: 'Open', to: 'Closed' })
  })

  it('takes an event of today, and one that no step concerns, as it is', () => {
    const event = LiveEntity.create(three).apply(act('Finish', { reason: 'x' }))
    expect(upcastEvent(three, event)).toBe(event)
    const later = compileModel({ ...third, version: 9, upcasts: third.upcasts })
    expect(upcastEvent(later, event)).toBe(event)
  })

  it('fills in a param that the action takes today, and the variable of its name', () => {
    const today = upcastEvent(three, end())
    expect(today.params).toEqual({ reason: 'none given' })
    expect(today.effects).toContainEqual(['reason', 'param', 'reason'])
    const said = LiveEntity.create(one).apply(act('Say', { msg: 'hi' }))
    expect(upcastEvent(three, said).params).toEqual({ text: 'hi' })
  })

  it('gives a default to what was left out alone, and only to newer readers of the param', () => {
    const model = compileModel({ ...third, upcasts: [upcastOf(2, { defaultParam: { mood: 'even' } })] })
    const given = LiveEntity.create(two).apply(act('Say', { text: 'a' }))
    expect(upcastEvent(model, given).params).toEqual({ text: 'a', mood: 'even' })
    expect(upcastEvent(model, { ...given, params: { mood: null } }).params).toEqual({ mood: null })
    const content = { hash: 'f'.repeat(64), size: 9 }
    expect(upcastEvent(model, { ...given, paramRefs: { mood: content } }).params).toEqual({ text: 'a' })
  })

  it('keeps a transient default out of the fields', () => {
    const actions = [ruleOf('Finish', { params: [paramOf('code', 'string', { transient: true })] })]
    const model = compileModel({
      ...second,
      version: 3,
      actions,
      upcasts: [...second.upcasts, upcastOf(2, { defaultParam: { code: 'x' } })],
    })
    const entity = LiveEntity.create(one)
    entity.apply(act('End'))
    const { fields } = evolve(model, unborn, entity.journal).state
    expect(fields).not.toHaveProperty('code')
    expect(upcastEvent(model, end()).transient).toEqual(['code'])
  })

  it('renames content that the event points at, and finds it under the new name', () => {
    const byRef = variableOf('msg', 'string', { overflow: { inlineMaxBytes: 20, journal: 'ref' } })
    const entity = LiveEntity.create(
      compileModel({ ...first, variables: [variableOf('turns', 'counter'), byRef] }),
    )
    entity.apply(act('Say', { msg: long }))
    const [, journalled] = entity.journal
    expect(journalled?.paramRefs).toHaveProperty('msg')
    const { state } = evolve(three, unborn, entity.journal)
    expect(state.refs['text']).toMatchObject({ hash: journalled?.paramRefs?.['msg']?.hash, sequence: 2 })
    expect(state.refs).not.toHaveProperty('msg')
    expect(journalled && fieldValueOfEvent(three, journalled, 'text', state)).toBeUndefined()
  })

  it('finds the value that an older event gave a renamed field', () => {
    const entity = LiveEntity.create(one, { msg: long })
    const [created] = entity.journal
    const { state } = evolve(three, unborn, entity.journal)
    expect(state.refs).toHaveProperty('text')
    expect(created && fieldValueOfEvent(three, created, 'text', state)).toBe(long)
  })

  it('renames plain fields of creations and updates as the params that leave them behind', () => {
    const entity = LiveEntity.create(one, { tone: 'dry', msg: 'a' })
    const updated = entity.apply(update({ tone: 'warm' }))
    expect(upcastEvent(three, updated).params).toEqual({ mood: 'warm' })
    expect(evolve(three, unborn, entity.journal).state.fields).toMatchObject({ mood: 'warm', text: 'a' })
  })

  it('refuses two names that would become one', () => {
    const params = compileModel({ ...third, upcasts: [upcastOf(1, { renameParam: { msg: 'tone' } })] })
    const said = LiveEntity.create(one).apply(act('Say', { msg: 'hi', tone: 'dry' }))
    expect(() => upcastEvent(params, said)).toThrow(UpcastFailed)
    expect(() => upcastEvent(params, said)).toThrow('"msg" and "tone" would both become "tone"')
    const variables = compileModel({ ...third, upcasts: [upcastOf(1, { renameVariable: { msg: 'turns' } })] })
    const [created] = LiveEntity.create(one).journal
    expect(() => created && upcastEvent(variables, created)).toThrow('would both become "turns"')
  })

  it('refuses an event of a newer version rather than guess', () => {
    const event = LiveEntity.create(three).apply(act('Finish'))
    expect(() => upcastEvent(one, event)).toThrow(SpecOutdated)
    expect(() => evolve(one, unborn, [{ ...event, sequence: 1 }])).toThrow(
      expect.objectContaining({ code: 'spec_outdated' }),
    )
  })

  it('renames the actions that an event scheduled or cancelled', () => {
    const event = {
      ...end(),
      effects: [
        ['', 'schedule', 'End', 5],
        ['', 'cancel', 'End'],
        ['', 'emit', 'End'],
      ] as const,
    }
    expect(upcastEvent(three, event).effects.slice(0, 3)).toEqual([
      ['', 'schedule', 'Finish', 5],
      ['', 'cancel', 'Finish'],
      ['', 'emit', 'End'],
    ])
  })
})

describe('a command behind an older event', () => {
  it('may be repeated as it was asked, under the new names, and with the defaults', () => {
    const event = LiveEntity.create(one).apply(act('End'))
    expect(readingsOf(three, event).map(({ action, params }) => ({ action, params }))).toEqual([
      { action: 'End', params: {} },
      { action: 'Finish', params: {} },
      { action: 'Finish', params: { reason: 'none given' } },
    ])
    expect(readingsOf(one, event)).toEqual([event])
  })
})

describe('a stored status', () => {
  it('may be called what the steps lead to, from any version', () => {
    expect([...(statusesToday(three, 'New') ?? [])]).toEqual(['Open'])
    expect([...(statusesToday(three, 'Done') ?? [])]).toEqual(['Closed'])
    expect([...(statusesToday(three, 'Open') ?? [])]).toEqual(['Open'])
    expect(storedStatuses(three, 'Closed')).toEqual(['Closed', 'Done'])
  })

  it('may have two meanings where a name was used again', () => {
    const again = compileModel({ ...third, states: ['Open', 'Closed', 'Done'] })
    expect(new Set(statusesToday(again, 'Done'))).toEqual(new Set(['Closed', 'Done']))
    expect(storedStatuses(again, 'Closed')).toEqual(['Closed', 'Done'])
  })

  it('may mean anything to a hook', () => {
    const hooked = compileModel(third, { upcast: (event) => event })
    expect(statusesToday(hooked, 'New')).toBeUndefined()
    expect(storedStatuses(hooked, 'Open')).toBeUndefined()
  })
})

describe('a hook', () => {
  const event = LiveEntity.create(one).apply(act('Say', { msg: '12' }))
  const read = (upcast: UpcastHook) => upcastEvent(compileModel(third, { upcast }), event)
  const failure = (upcast: UpcastHook): string => {
    try {
      read(upcast)
      return 'nothing'
    } catch (error) {
      return error instanceof UpcastFailed ? error.message.replace(/^.*today: /, '') : String(error)
    }
  }

  it('gets older events under the names of today, and those alone', () => {
    const seen: EntityEvent[] = []
    const model = compileModel(third, { upcast: (given) => (seen.push(given), given) })
    const entity = threeAges()
    evolve(model, unborn, entity.journal)
    expect(new Set(seen.map(({ specVersion, sequence }) => `${sequence} of ${specVersion}`))).toEqual(
      new Set(['1 of 1', '2 of 1', '3 of 2']),
    )
    expect(seen[2]).toMatchObject({ params: { text: 'hi' } })
  })

  it('decides what the event reads as', () => {
    const today = read((given) => ({ ...given, params: { text: 12 } }))
    expect(today).toMatchObject({ params: { text: 12 }, specVersion: 3 })
  })

  it('must be pure: it cannot change what it is given, nor answer differently', () => {
    let calls = 0
    expect(failure((given) => ({ ...given, params: { text: ++calls } }))).toContain('must be pure')
    const change: UpcastHook = (given) => Object.assign(given, { action: 'Other' })
    expect(failure(change)).toContain('the hook threw')
  })

  it('must answer with an event', () => {
    const answer =
      (value: unknown): UpcastHook =>
      () =>
        value as EntityEvent
    expect(failure(answer(undefined))).toContain('the hook answers with')
    expect(failure(answer(Promise.resolve(event)))).toContain('the hook answers with')
    expect(failure(answer([]))).toBe('the hook answers with what is no object')
    expect(failure((given) => ({ ...given, params: [] as never }))).toContain('params are no object')
    expect(failure((given) => ({ ...given, to: 5 as never }))).toContain('to is no string')
    expect(failure((given) => ({ ...given, effects: [['x', '+', 'one']] as never }))).toContain(
      'an effect that is none',
    )
    expect(failure((given) => ({ ...given, transient: 'x' as never }))).toContain('transient is no list')
    expect(failure((given) => ({ ...given, paramRefs: { a: 1 } as never }))).toContain(
      'no content references',
    )
  })

  it('must not touch what is not its to change', () => {
    expect(failure((given) => ({ ...given, sequence: 9 }))).toContain('changes "sequence"')
    expect(failure((given) => ({ ...given, idempotencyKey: 'k' }))).toContain('changes "idempotencyKey"')
    expect(failure((given) => ({ ...given, action: 'Deleted' }))).toContain('makes Deleted of Say')
    expect(failure((given) => ({ ...given, to: 'Deleted' }))).toContain('makes a tombstone')
  })
})
