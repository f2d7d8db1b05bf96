import { describe, expect, it } from 'vitest'
import { compileModel } from '@perdure/core'
import type { Effect, JsonObject, ModelOptions, ResolvedEffect, ValueType } from '@perdure/core'
import { literal, param, read } from '../helpers/expressions.ts'
import { LiveEntity, act } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const types: readonly ValueType[] = [
  'string',
  'int',
  'number',
  'counter',
  'bool',
  'list',
  'set',
  'json',
  'ref',
]
const variables = types.map((type) => variableOf(`a_${type}`, type))
const max = Number.MAX_SAFE_INTEGER

/** An entity whose action `Go` has these effects and takes any param; variables are called `a_<type>`. */
function open(effects: readonly Effect[], fields: JsonObject = {}, options: ModelOptions = {}): LiveEntity {
  const params = ['p', 'q'].map((name) => paramOf(name, 'json', { transient: true }))
  const spec = specOf({ variables, actions: [ruleOf('Go', { effects, params }), ruleOf('Later')] })
  return LiveEntity.create(compileModel(spec, options), fields)
}

function resolved(effects: readonly Effect[], fields: JsonObject = {}, params: JsonObject = {}) {
  return open(effects, fields).apply(act('Go', params)).effects
}

function failure(effects: readonly Effect[], fields: JsonObject = {}, params: JsonObject = {}): string {
  const rejection = open(effects, fields).refuse(act('Go', params))
  expect(rejection.code).toBe('effect_failed')
  return rejection.message.replace('Thing/t-1: Go cannot be carried out: ', '')
}

const assign = (
  variable: string,
  value: Effect & { kind: 'assign' } extends { value: infer V } ? V : never,
): Effect => ({
  kind: 'assign',
  variable,
  value,
})
const add = (variable: string, amount: ReturnType<typeof literal> | ReturnType<typeof read>): Effect => ({
  kind: 'add',
  variable,
  amount,
})
const subtract = (
  variable: string,
  amount: ReturnType<typeof literal> | ReturnType<typeof read>,
): Effect => ({
  kind: 'subtract',
  variable,
  amount,
})

describe('assignment', () => {
  it('records the value of a literal or a variable, and points at a large param', () => {
    expect(resolved([assign('a_int', literal(5))])).toEqual([['a_int', '=', 5]])
    expect(resolved([assign('a_json', read('a_list'))], { a_list: ['x'] })).toEqual([['a_json', '=', ['x']]])
    expect(resolved([assign('a_string', param('p'))], {}, { p: 'x' })).toEqual([['a_string', 'param', 'p']])
    expect(resolved([assign('a_list', param('p'))], {}, { p: ['x'] })).toEqual([['a_list', '=', ['x']]])
  })

  it('makes null, and a param left out, the zero of the type', () => {
    const zeros: ResolvedEffect[] = [
      ['a_string', '=', ''],
      ['a_int', '=', 0],
      ['a_bool', '=', false],
      ['a_list', '=', []],
      ['a_json', '=', null],
    ]
    for (const zero of zeros) {
      expect(resolved([assign(zero[0], literal(null))])).toEqual([zero])
      expect(resolved([assign(zero[0], param('p'))])).toEqual([zero])
    }
  })

  it('refuses what does not fit, and shows it unless it is sensitive', () => {
    expect(failure([assign('a_int', param('p'))], {}, { p: 1.5 })).toBe(
      'a_int must be an integer of at most 2^53 - 1, and would become 1.5',
    )
    expect(failure([assign('a_bool', param('p'))], {}, { p: 'yes' })).toMatch(/must be true or false/)
    const secret = [variableOf('pin', 'int', { sensitive: true }), variableOf('name')]
    const effects = [{ kind: 'assign', variable: 'name', value: read('pin') }] as const
    const model = compileModel(specOf({ variables: secret, actions: [ruleOf('Go', { effects })] }))
    expect(LiveEntity.create(model, { pin: 1234 }).refuse(act('Go')).message).toMatch(
      /would become a number$/,
    )
  })

  it('knows no -0, which JSON could not replay', () => {
    const [effect] = resolved([assign('a_number', literal(-0))])
    expect(Object.is(effect?.[2], 0)).toBe(true)
    const variable = variableOf('n', 'number', { initial: -0 })
    const entity = LiveEntity.create(compileModel(specOf({ variables: [variable] })))
    expect(Object.is(entity.state.numbers['n'], 0)).toBe(true)
  })
})

describe('adding and subtracting', () => {
  it('records the amount', () => {
    expect(resolved([add('a_int', literal(-3)), subtract('a_number', literal(0.5))])).toEqual([
      ['a_int', '+', -3],
      ['a_number', '-', 0.5],
    ])
  })

  it('stops a counter at 0 and records what was really taken', () => {
    expect(resolved([subtract('a_counter', literal(5))], { a_counter: 3 })).toEqual([['a_counter', '-', 3]])
    expect(resolved([subtract('a_counter', literal(5))])).toEqual([])
    expect(resolved([subtract('a_counter', literal(3))], { a_counter: 3 })).toEqual([['a_counter', '-', 3]])
    const entity = open([subtract('a_counter', literal(5))], { a_counter: 3 })
    entity.apply(act('Go'))
    expect(entity.state.counters).toEqual({ a_counter: 0 })
  })

  it('lets ints go below 0', () => {
    const entity = open([subtract('a_int', literal(5))])
    entity.apply(act('Go'))
    expect(entity.state.numbers['a_int']).toBe(-5)
  })

  it('refuses results beyond the safe integers instead of rounding them', () => {
    expect(resolved([add('a_int', literal(1))], { a_int: max - 1 })).toEqual([['a_int', '+', 1]])
    expect(failure([add('a_int', literal(1))], { a_int: max })).toBe(
      'a_int must be an integer of at most 2^53 - 1, and would become 9007199254740992',
    )
    expect(failure([add('a_counter', literal(max))], { a_counter: 2 })).toMatch(
      /^a_counter must be a non-negative/,
    )
    expect(failure([subtract('a_int', literal(1))], { a_int: -max })).toMatch(
      /would become -9007199254740992/,
    )
    expect(failure([add('a_number', literal(Number.MAX_VALUE))], { a_number: Number.MAX_VALUE })).toBe(
      'a_number must be a finite number, and would become Infinity',
    )
  })

  it('refuses an amount that is no number of the type', () => {
    expect(failure([add('a_int', read('a_number'))], { a_int: max - 1, a_number: 0.4 })).toBe(
      'a_int cannot change by 0.4: it must be an integer of at most 2^53 - 1',
    )
    expect(failure([subtract('a_counter', read('a_number'))], { a_number: 0.5 })).toMatch(
      /cannot change by 0.5/,
    )
    expect(failure([add('a_counter', read('a_int'))], { a_int: -1 })).toMatch(/cannot change by -1/)
    const effect: Effect = { kind: 'add', variable: 'a_counter', amount: param('p') }
    expect(failure([effect])).toBe('a_counter cannot change by null: it must be a number')
    expect(failure([effect], {}, { p: '5' })).toMatch(/cannot change by a string/)
  })
})

describe('lists and sets', () => {
  const onList = (kind: 'append' | 'remove', variable: string, item: ReturnType<typeof param>): Effect => ({
    kind,
    variable,
    item,
  })

  it('append items, a set only those it lacks', () => {
    const item = param('p')
    const params = { p: { a: 1, b: 2 } }
    expect(
      resolved([onList('append', 'a_list', item), onList('append', 'a_list', item)], {}, params),
    ).toHaveLength(2)
    expect(resolved([onList('append', 'a_set', item), onList('append', 'a_set', item)], {}, params)).toEqual([
      ['a_set', 'append', { a: 1, b: 2 }],
    ])
    expect(resolved([onList('append', 'a_set', item)], { a_set: [{ b: 2, a: 1 }] }, params)).toEqual([])
  })

  it('refuse an item that was not given', () => {
    expect(failure([onList('append', 'a_list', param('p'))])).toBe(
      'a_list cannot take an item that was not given',
    )
  })

  it('take items up to the limit', () => {
    const entity = open(
      [onList('append', 'a_list', param('p'))],
      { a_list: ['a'] },
      { limits: { maxListItems: 2 } },
    )
    entity.apply(act('Go', { p: 'b' }))
    expect(entity.refuse(act('Go', { p: 'c' }))).toMatchObject({ code: 'effect_failed' })
    expect(entity.refuse(act('Go', { p: 'c' })).message).toMatch(/a_list may hold at most 2 items$/)
    const assigning = open([assign('a_list', param('p'))], {}, { limits: { maxListItems: 2 } })
    expect(assigning.refuse(act('Go', { p: ['a', 'b', 'c'] })).message).toMatch(/list of at most 2 items/)
  })

  it('refuse an item that would nest too deep', () => {
    const limits = { maxNestingDepth: 3 }
    const entity = open([onList('append', 'a_list', param('p'))], {}, { limits })
    entity.apply(act('Go', { p: [{ a: 1 }] }))
    expect(entity.refuse(act('Go', { p: [{ a: [] }] })).message).toMatch(
      /a_list cannot nest deeper than 3 levels$/,
    )
  })

  it('remove the first equal item, and nothing when there is none', () => {
    const list = { a_list: ['x', { k: 1 }, { k: 1 }] }
    expect(resolved([onList('remove', 'a_list', param('p'))], list, { p: { k: 1 } })).toEqual([
      ['a_list', 'removeAt', 1],
    ])
    expect(resolved([onList('remove', 'a_list', param('p'))], list, { p: 'y' })).toEqual([])
    expect(resolved([onList('remove', 'a_list', param('p'))], list)).toEqual([])
  })

  it('remove by index, and refuse an index that is not there', () => {
    const effect: Effect = { kind: 'removeAt', variable: 'a_list', index: param('p') }
    const entity = open([effect], { a_list: ['x', 'y', 'z'] })
    entity.apply(act('Go', { p: 1 }))
    expect(entity.state).toMatchObject({ lists: { a_list: ['x', 'z'] }, fields: { a_list: ['x', 'z'] } })
    for (const p of [2, -1, 0.5, '0', null])
      expect(entity.refuse(act('Go', { p })).message).toMatch(/a_list has 2 items, none at /)
  })

  it('are cleared; so is anything else, to the zero of its type', () => {
    const clear = (variable: string): Effect => ({ kind: 'clear', variable })
    expect(resolved([clear('a_list'), clear('a_string'), clear('a_counter')], { a_list: ['x'] })).toEqual([
      ['a_list', 'clear'],
      ['a_string', '=', ''],
      ['a_counter', '=', 0],
    ])
  })

  it('leave the lists of earlier states as they were', () => {
    const entity = open([onList('append', 'a_list', param('p'))], { a_list: ['x'] })
    const before = entity.state
    entity.apply(act('Go', { p: 'y' }))
    expect(before.lists['a_list']).toEqual(['x'])
    expect(entity.state.lists['a_list']).toEqual(['x', 'y'])
  })
})

describe('effects in order', () => {
  it('are not carried out on what is no variable', () => {
    expect(failure([assign('nowhere', literal(1))])).toBe('nowhere is no variable')
  })

  it('each sees what the ones before it did', () => {
    const entity = open([
      assign('a_int', literal(2)),
      add('a_int', literal(3)),
      assign('a_number', read('a_int')),
      { kind: 'append', variable: 'a_list', item: read('a_number') },
      { kind: 'remove', variable: 'a_list', item: literal(5) },
      assign('a_json', read('a_list')),
    ])
    entity.apply(act('Go'))
    expect(entity.state.fields).toMatchObject({ a_int: 5, a_number: 5, a_list: [], a_json: [] })
  })

  it('record what they saw, whatever later ones do to it', () => {
    const append = (item: ReturnType<typeof literal> | ReturnType<typeof read>): Effect => ({
      kind: 'append',
      variable: 'a_list',
      item,
    })
    const effects = [
      append(literal('x')),
      assign('a_json', read('a_list')),
      append(read('a_list')),
      append(literal('y')),
    ]
    expect(resolved(effects)).toEqual([
      ['a_list', 'append', 'x'],
      ['a_json', '=', ['x']],
      ['a_list', 'append', ['x']],
      ['a_list', 'append', 'y'],
    ])
  })

  it('leave no trace when a later one cannot be carried out', () => {
    const entity = open([assign('a_int', literal(2)), add('a_counter', literal(-1))])
    const before = structuredClone(entity.state)
    entity.refuse(act('Go'))
    expect(entity.state).toEqual(before)
  })
})

describe('effects that ask something of the host', () => {
  it('are recorded as facts: names, and times that are due', () => {
    expect(
      resolved([
        { kind: 'emit', name: 'done' },
        { kind: 'schedule', action: 'Later', seconds: literal(1.5) },
        { kind: 'cancel', action: 'Later' },
      ]),
    ).toEqual([
      ['', 'emit', 'done'],
      ['', 'schedule', 'Later', 2_000 + 1_500],
      ['', 'cancel', 'Later'],
    ])
  })

  it('refuse a time that is none', () => {
    const effect: Effect = { kind: 'schedule', action: 'Later', seconds: param('p') }
    expect(failure([effect])).toBe('Later cannot be scheduled without a time')
    expect(failure([effect], {}, { p: '5' })).toBe('Later cannot be scheduled without a time')
    for (const p of [-1, 1e300])
      expect(failure([effect], {}, { p })).toBe('Later cannot be scheduled at such a time')
  })

  it('change nothing in the state but its version', () => {
    const entity = open([{ kind: 'emit', name: 'done' }])
    const before = entity.state
    entity.apply(act('Go'))
    expect(entity.state).toEqual({ ...before, version: 2 })
  })
})
