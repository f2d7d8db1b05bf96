import { describe, expect, it } from 'vitest'
import { compileModel } from '@perdure/core'
import type { EntitySpec, JsonObject } from '@perdure/core'
import { compare, literal, read } from '../helpers/expressions.ts'
import { LiveEntity, act, create, entityKey, remove, update } from '../helpers/live-entity.ts'
import { ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const variables = [
  variableOf('text', 'string', { initial: 'start' }),
  variableOf('n', 'int'),
  variableOf('ratio', 'number', { initial: 0.5 }),
  variableOf('turns', 'counter', { initial: 3 }),
  variableOf('flag', 'bool', { initial: true }),
  variableOf('tags', 'list', { initial: ['a'] }),
  variableOf('unique', 'set'),
  variableOf('data', 'json'),
  variableOf('owner', 'ref'),
]

const unbornOf = (parts: Partial<EntitySpec> = {}) =>
  new LiveEntity(compileModel(specOf({ variables, ...parts })))
const open = (fields: JsonObject = {}, parts: Partial<EntitySpec> = {}) =>
  LiveEntity.create(compileModel(specOf({ variables, ...parts })), fields)

describe('creation', () => {
  it('brings every variable into being at its initial value', () => {
    const { state } = open()
    expect(state).toEqual({
      status: 'Open',
      version: 1,
      counters: { turns: 3 },
      numbers: { n: 0, ratio: 0.5 },
      booleans: { flag: true },
      lists: { tags: ['a'], unique: [] },
      fields: {
        status: 'Open',
        text: 'start',
        n: 0,
        ratio: 0.5,
        turns: 3,
        flag: true,
        tags: ['a'],
        unique: [],
        data: null,
        owner: null,
      },
      refs: {},
    })
  })

  it('gives variables and other fields the values it brings; null means the zero of the type', () => {
    const { state } = open({
      text: 'x',
      turns: 5,
      flag: null,
      tags: ['b'],
      data: { a: 1 },
      extra: [1],
      none: null,
    })
    expect(state).toMatchObject({ counters: { turns: 5 }, booleans: { flag: false }, lists: { tags: ['b'] } })
    expect(state.fields).toMatchObject({ text: 'x', flag: false, data: { a: 1 }, extra: [1], none: null })
    expect(open({ text: null, data: null }).state.fields).toMatchObject({ text: '', data: null })
  })

  it('is an event like any other', () => {
    const meta = { idempotencyKey: 'k', correlationId: 'c', causationId: 'd', expectedSequence: 0 }
    const entity = unbornOf({ version: 4, variables: [] })
    expect(entity.apply(create({ a: 1 }, meta))).toEqual({
      ...entityKey,
      sequence: 1,
      eventId: 'e-1',
      action: 'Created',
      from: '',
      to: 'Open',
      params: { a: 1 },
      effects: [],
      at: 1_000,
      specHash: entity.model.specHash,
      specVersion: 4,
      idempotencyKey: 'k',
      correlationId: 'c',
      causationId: 'd',
    })
  })

  it('refuses reserved names, names no storage holds, and values of the wrong type', () => {
    const hostile = JSON.parse('{"__proto__":{"admin":true}}') as JsonObject
    for (const fields of [{ id: 'x' }, { Status: 'x' }, { _a: 1 }, hostile])
      expect(unbornOf().refuse(create(fields)).code).toBe('reserved_field_name')
    for (const fields of [{ '': 1 }, { '\udc00': 1 }])
      expect(unbornOf().refuse(create(fields)).code).toBe('invalid_field_name')
    const wrong: JsonObject = {
      text: 1,
      n: 1.5,
      ratio: '1',
      turns: -1,
      flag: 'true',
      tags: 'a',
      unique: ['a', 'a'],
      owner: 7,
    }
    for (const [name, value] of Object.entries(wrong)) {
      const rejection = unbornOf().refuse(create({ [name]: value }))
      expect(rejection.code).toBe('wrong_param_type')
      expect(rejection.message).toMatch(new RegExp(`^Thing/t-1: Created cannot set "${name}": it must be `))
    }
  })

  it('sees through repeats of a set that are not the same object', () => {
    expect(
      unbornOf().refuse(
        create({
          unique: [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
        }),
      ).code,
    ).toBe('wrong_param_type')
    unbornOf().apply(create({ unique: [1, '1', { a: 1 }] }))
  })

  it('refuses lists over the limit', () => {
    const model = compileModel(specOf({ variables }), { limits: { maxListItems: 2 } })
    expect(new LiveEntity(model).refuse(create({ tags: ['a', 'b', 'c'] })).message).toMatch(
      /must be a list of at most 2 items, and was given a list$/,
    )
    new LiveEntity(model).apply(create({ tags: ['a', 'b'] }))
  })

  it('does not show a sensitive value that it refuses', () => {
    const secret = [variableOf('pin', 'string', { sensitive: true })]
    expect(unbornOf({ variables: secret }).refuse(create({ pin: 1234 })).message).toMatch(
      /was given a number$/,
    )
  })
})

describe('a field update', () => {
  it('assigns variables, sets other fields, and leaves the rest', () => {
    const entity = open()
    const before = entity.state
    const event = entity.apply(update({ text: 'x', n: 4, turns: 0, tags: [], extra: 1 }))
    expect(event).toMatchObject({ action: 'FieldsUpdated', from: 'Open', to: 'Open' })
    expect(entity.state).toEqual({
      ...before,
      version: 2,
      numbers: { n: 4, ratio: 0.5 },
      counters: { turns: 0 },
      lists: { tags: [], unique: [] },
      fields: { ...before.fields, text: 'x', n: 4, turns: 0, tags: [], extra: 1 },
    })
  })

  it('gives a variable its zero for null, and another field null', () => {
    const entity = open({ text: 'x', tags: ['b'], extra: 1 })
    entity.apply(update({ text: null, tags: null, flag: null, extra: null }))
    expect(entity.state.fields).toMatchObject({ text: '', tags: [], flag: false, extra: null })
    expect(entity.state).toMatchObject({ lists: { tags: [] }, booleans: { flag: false } })
  })

  it('refuses what creation refuses', () => {
    expect(open().refuse(update({ id: 'x' })).code).toBe('reserved_field_name')
    expect(open().refuse(update({ '\0': 'x' })).code).toBe('invalid_field_name')
    expect(open().refuse(update({ n: 'x' })).code).toBe('wrong_param_type')
  })
})

describe('invariants', () => {
  const turns = variableOf('turns', 'counter')
  const pin = variableOf('pin', 'int', { sensitive: true })
  const invariants = [
    { name: 'FewTurns', assert: compare(read('turns'), '<', literal(3)) },
    { name: 'ClosedAfterWork', assert: compare(read('turns'), '>', literal(0)), when: ['Closed'] },
  ]
  const effects = [{ kind: 'add', variable: 'turns', amount: literal(1) }] as const
  const parts = {
    variables: [turns, pin],
    invariants,
    actions: [ruleOf('Work', { effects }), ruleOf('Close', { to: 'Closed' })],
  }

  it('refuse an action whose next state violates one, and leave no trace', () => {
    const entity = open({ turns: 2 }, parts)
    const before = entity.state
    expect(entity.refuse(act('Work'))).toEqual({
      code: 'invariant_violated',
      message: 'Thing/t-1: Work would violate FewTurns: turns < 3 was false: turns = 3',
      action: 'Work',
      failing: { expression: 'turns < 3', values: { turns: '3' } },
    })
    expect(entity.state).toBe(before)
    expect(entity.events).toHaveLength(1)
  })

  it('are asked only in the statuses they name, those of the next state', () => {
    const entity = open({}, parts)
    expect(entity.refuse(act('Close')).message).toMatch(/would violate ClosedAfterWork/)
    entity.apply(act('Work'))
    entity.apply(act('Close'))
  })

  it('hold for creation and field updates too, but cannot keep an entity from being deleted', () => {
    expect(unbornOf(parts).refuse(create({ turns: 3 })).code).toBe('invariant_violated')
    expect(open({}, parts).refuse(update({ turns: 3 })).code).toBe('invariant_violated')
    const entity = open({ turns: 3 }, { ...parts, enforceInvariants: false })
    entity.model = compileModel(specOf(parts))
    entity.apply(remove)
  })

  it('are not asked when the spec says so', () => {
    const entity = open({ turns: 2 }, { ...parts, enforceInvariants: false })
    entity.apply(act('Work'))
    expect(entity.state.counters).toEqual({ turns: 3 })
  })

  it('mask what is sensitive', () => {
    const assert = compare(read('pin'), '<', literal(10))
    const secret = { ...parts, invariants: [{ name: 'ShortPin', assert }] }
    expect(unbornOf(secret).refuse(create({ pin: 1234 })).message).toMatch(/pin < 10 was false: pin = •••$/)
  })

  it('of fields are asked at creation and field updates only, with their own message', () => {
    const fieldInvariants = [
      { name: 'Adult', assert: compare(read('age'), '>=', literal(18)), message: 'must be of age' },
    ]
    const fields = { ...parts, fieldInvariants, actions: [ruleOf('Go')] }
    expect(unbornOf(fields).refuse(create({ age: 17 }))).toMatchObject({
      code: 'field_invariant_violated',
      message: 'Thing/t-1: Created would violate Adult: must be of age',
      failing: { expression: 'age >= 18', values: { age: '17' } },
    })
    expect(unbornOf(fields).refuse(create()).failing?.values).toEqual({ age: 'null' })
    const entity = open({ age: 18 }, fields)
    expect(entity.refuse(update({ age: 3 })).code).toBe('field_invariant_violated')
    entity.model = compileModel(
      specOf({ ...fields, fieldInvariants: [{ name: 'Never', assert: literal(false) }] }),
    )
    entity.apply(act('Go'))
  })
})
