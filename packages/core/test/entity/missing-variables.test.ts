import { describe, expect, it } from 'vitest'
import { compileModel, evolve, unborn } from '@perdure/core'
import type { JsonObject, ModelOptions, StateVariable } from '@perdure/core'
import { compare, length, literal, param, read } from '../helpers/expressions.ts'
import { LiveEntity, act, update } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

/** An entity made under a spec with the first variables, that now lives under one with the second. */
function grown(
  from: readonly StateVariable[],
  to: readonly StateVariable[],
  fields: JsonObject = {},
  options: ModelOptions = {},
): LiveEntity {
  const actions = [
    ruleOf('Go'),
    ruleOf('Add', { effects: [{ kind: 'add', variable: 'x', amount: literal(1) }] }),
    ruleOf('Append', { effects: [{ kind: 'append', variable: 'x', item: literal('new') }] }),
    ruleOf('Set', {
      effects: [{ kind: 'assign', variable: 'x', value: param('p') }],
      params: [paramOf('p', 'json')],
    }),
    ruleOf('IfLong', { guard: compare(length(read('x')), '>', literal(2)) }),
    ruleOf('IfTen', { guard: compare(read('x'), '==', literal(10)) }),
  ]
  const entity = LiveEntity.create(compileModel(specOf({ variables: from, actions }), options), fields)
  entity.model = compileModel(specOf({ variables: to, actions, version: 2 }), options)
  return entity
}

function expectReplay(entity: LiveEntity): void {
  const events = JSON.parse(JSON.stringify(entity.journal)) as typeof entity.journal
  expect(evolve(entity.model, unborn, events).state).toEqual(entity.state)
}

describe('a spec that gains variables', () => {
  const gained = [
    variableOf('x', 'counter', { initial: 10 }),
    variableOf('text', 'string', { initial: 'start' }),
    variableOf('tags', 'list', { initial: ['a'] }),
  ]

  it('finds them at their initial values, and the next event declares them', () => {
    const entity = grown([], gained)
    const event = entity.apply(act('Add'))
    expect(event.effects).toEqual([
      ['x', 'counter', 10],
      ['text', 'field', 'start'],
      ['tags', 'list', ['a']],
      ['x', '+', 1],
    ])
    expect(entity.state.fields).toMatchObject({ x: 11, text: 'start', tags: ['a'] })
    expect(entity.apply(act('Go')).effects).toEqual([])
    expectReplay(entity)
  })

  it('asks guards of them before any event says so', () => {
    grown([], gained).apply(act('IfTen'))
  })

  it('lets a field update and a deletion declare them too', () => {
    const entity = grown([], gained)
    entity.apply(update({ x: 3 }))
    expect(entity.state.counters).toEqual({ x: 3 })
    expectReplay(entity)
  })

  it('declares nothing when the command is refused', () => {
    const entity = grown([], gained)
    entity.refuse(act('Nonsense'))
    expect(entity.state.counters).toEqual({})
  })

  it('needs no content for an initial value that will overflow', () => {
    const entity = grown([], [variableOf('x', 'string', { initial: 'long' })], {}, { inlineMaxBytes: 0 })
    expect(entity.decideOnce(act('IfLong')).kind).toBe('event')
    entity.apply(act('IfLong'))
    expect(entity.state.refs).toHaveProperty('x')
    expectReplay(entity)
  })

  it('takes a field of that name over when its value fits, else the initial value', () => {
    const entity = grown([], gained, { x: 3, tags: 'no list' })
    entity.apply(act('Add'))
    expect(entity.state.counters).toEqual({ x: 4 })
    expect(entity.state.lists).toEqual({ tags: ['a'] })
    expectReplay(entity)
  })

  it('does not take over a field whose value is not at hand', () => {
    const entity = grown(
      [],
      [variableOf('x', 'list', { initial: ['a'] })],
      { x: ['long enough'] },
      { inlineMaxBytes: 4 },
    )
    expect(entity.apply(act('Go')).effects).toEqual([['x', 'list', ['a']]])
    expectReplay(entity)
  })
})

describe('a spec that gives a variable another type', () => {
  it('carries the value over when it fits', () => {
    const entity = grown([variableOf('x', 'counter')], [variableOf('x', 'int')], { x: 10 })
    entity.apply(act('Add'))
    expect(entity.state).toMatchObject({ counters: {}, numbers: { x: 11 }, fields: { x: 11 } })
    expectReplay(entity)
  })

  it('starts anew when it does not, and holds the variable in one place only', () => {
    const cases = [
      [variableOf('x', 'string'), variableOf('x', 'counter', { initial: 5 }), { counters: { x: 6 } }, 'Add'],
      [variableOf('x', 'bool'), variableOf('x', 'number', { initial: 5 }), { numbers: { x: 6 } }, 'Add'],
      [variableOf('x', 'int'), variableOf('x', 'list'), { lists: { x: ['new'] } }, 'Append'],
    ] as const
    for (const [before, after, expected, action] of cases) {
      const entity = grown([before], [after])
      entity.apply(act(action))
      const { counters, numbers, booleans, lists } = entity.state
      expect({ counters, numbers, booleans, lists }).toEqual({
        counters: {},
        numbers: {},
        booleans: {},
        lists: {},
        ...expected,
      })
      expectReplay(entity)
    }
  })

  it('reads what it assigns when a typed variable becomes a plain one', () => {
    const entity = grown([variableOf('x', 'int')], [variableOf('x', 'string')], { x: 10 })
    entity.apply(act('Set', { p: 'abc' }))
    expect(entity.state).toMatchObject({ numbers: {}, fields: { x: 'abc' } })
    entity.apply(act('IfLong'))
    expectReplay(entity)
  })

  it('keeps the content of an overflowed field of the same kind', () => {
    const entity = grown([variableOf('x')], [variableOf('x', 'json')], { x: 'long' }, { inlineMaxBytes: 0 })
    expect(entity.apply(act('IfLong')).effects).toEqual([])
    expectReplay(entity)
  })
})
