import { describe, expect, it } from 'vitest'
import { compileModel } from '@perdure/core'
import type { EntitySpec, JsonObject } from '@perdure/core'
import { and, compare, empty, literal, not, or, param, read } from '../helpers/expressions.ts'
import { LiveEntity, act, create, remove, update } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

function open(parts: Partial<EntitySpec>, fields: JsonObject = {}): LiveEntity {
  return LiveEntity.create(compileModel(specOf(parts)), fields)
}

describe('which action', () => {
  it('refuses one that the spec does not have, and suggests the nearest', () => {
    const entity = open({ actions: [ruleOf('Finish'), ruleOf('Start')] })
    expect(entity.refuse(act('Finnish'))).toEqual({
      code: 'unknown_action',
      message: 'Thing/t-1: Finnish is not an action of Thing; did you mean Finish?',
      action: 'Finnish',
    })
    expect(entity.refuse(act('Dance')).message).toMatch(/its actions are Finish, Start$/)
    expect(entity.refuse(act('toString')).code).toBe('unknown_action')
    expect(open({}).refuse(act('Go')).message).toMatch(/its actions are none$/)
  })

  it('refuses one that is not possible in this status, and says where it is', () => {
    const parts = {
      states: ['A', 'B', 'C', 'End'],
      initial: 'A',
      terminal: ['End'],
      actions: [
        ruleOf('Go', { from: ['B'] }),
        ruleOf('Go', { from: ['C', 'B'] }),
        ruleOf('Stop', { to: 'End' }),
      ],
    }
    const entity = open(parts)
    expect(entity.refuse(act('Go'))).toEqual({
      code: 'wrong_status',
      message: 'Thing/t-1: Go is not possible in A; it is possible in B, C',
      action: 'Go',
    })
    entity.apply(act('Stop'))
    expect(entity.refuse(act('Go')).message).toBe('Thing/t-1: Go is not possible: End is a terminal status')
    expect(entity.refuse(act('Stop')).code).toBe('wrong_status')
  })

  it('says where an action is possible when the spec no longer has the status of the entity', () => {
    const entity = open({ states: ['Old', 'Closed'], initial: 'Old' })
    entity.model = compileModel(specOf({ actions: [ruleOf('Go')] }))
    expect(entity.refuse(act('Go')).message).toBe(
      'Thing/t-1: Go is not possible in Old; it is possible in Open',
    )
  })

  it('lets a terminal status take an action that names it', () => {
    const entity = open({
      actions: [ruleOf('Close', { to: 'Closed' }), ruleOf('Note', { from: ['Closed'] })],
    })
    entity.apply(act('Close'))
    expect(entity.apply(act('Note'))).toMatchObject({ from: 'Closed', to: 'Closed' })
  })
})

describe('which rule', () => {
  const actions = [
    ruleOf('Go', { from: ['Closed'], to: 'Open' }),
    ruleOf('Go', { guard: compare(read('turns'), '>', literal(1)), to: 'Closed' }),
    ruleOf('Go', {
      guard: compare(read('turns'), '>', literal(0)),
      effects: [{ kind: 'clear', variable: 'turns' }],
    }),
    ruleOf('Go', { guard: compare(param('force'), '==', literal(true)), params: [paramOf('force', 'bool')] }),
  ]
  const parts = { variables: [variableOf('turns', 'counter')], actions }

  it('applies the first in file order whose "from" fits and whose guard holds', () => {
    expect(open(parts, { turns: 2 }).apply(act('Go'))).toMatchObject({ to: 'Closed', effects: [] })
    expect(open(parts, { turns: 1 }).apply(act('Go'))).toMatchObject({
      to: 'Open',
      effects: [['turns', '=', 0]],
    })
    expect(open(parts).apply(act('Go', { force: true }))).toMatchObject({ to: 'Open', effects: [] })
  })

  it('asks guards of the state before the action and of the params', () => {
    const entity = open(parts, { turns: 2 })
    expect(entity.apply(act('Go', { force: false }))).toMatchObject({ from: 'Open', to: 'Closed' })
  })

  it('refuses when no guard holds, with the failing part of each and the first as data', () => {
    const rejection = open(parts).refuse(act('Go'))
    expect(rejection).toMatchObject({
      code: 'guard_failed',
      failing: { expression: 'turns > 1', values: { turns: '0' } },
    })
    expect(rejection.message).toBe(
      'Thing/t-1: Go is not possible now: turns > 1 was false: turns = 0; turns > 0 was false: turns = 0; ' +
        'params.force == true was false: params.force = null',
    )
  })

  it('names the smallest failing part and masks what is sensitive', () => {
    const guard = and(not(empty(read('name'))), or(compare(read('pin'), '==', param('pin')), literal(false)))
    const entity = open(
      {
        variables: [variableOf('pin', 'string', { sensitive: true }), variableOf('name')],
        actions: [ruleOf('Enter', { guard, params: [paramOf('pin')] })],
      },
      { pin: '1234', name: 'x' },
    )
    const { message, failing } = entity.refuse(act('Enter', { pin: '9999' }))
    expect(failing?.expression).toBe('pin == params.pin || false')
    expect(message).not.toMatch(/1234|9999/)
    expect(message).toMatch(/pin = •••, params.pin = •••/)
  })

  it('reads fields that are no variables as they were stored before', () => {
    const guard = compare(read('note'), '==', literal('first'))
    const entity = open({ actions: [ruleOf('Note', { params: [paramOf('note')] }), ruleOf('Go', { guard })] })
    expect(entity.refuse(act('Go')).code).toBe('guard_failed')
    entity.apply(act('Note', { note: 'first' }))
    entity.apply(act('Go'))
  })
})

describe('params', () => {
  const declared = [paramOf('name', 'string', { required: true }), paramOf('size', 'int')]

  it('refuses one that the action does not declare, and suggests the nearest', () => {
    const entity = open({ actions: [ruleOf('Go', { params: declared })] })
    expect(entity.refuse(act('Go', { name: 'x', sise: 1 }))).toMatchObject({
      code: 'undeclared_param',
      message: 'Thing/t-1: Go has no param "sise"; did you mean "size"?',
    })
    expect(entity.refuse(act('Go', { name: 'x', other: 1 })).message).toMatch(/it takes name, size$/)
    expect(open({ actions: [ruleOf('Go')] }).refuse(act('Go', { x: 1 })).message).toMatch(/it takes none$/)
  })

  it('projects undeclared ones into fields when the spec is not strict', () => {
    const entity = open({ strictActionParams: false, actions: [ruleOf('Go', { params: [paramOf('a')] })] })
    entity.apply(act('Go', { a: 'x', extra: { deep: [1] } }))
    expect(entity.state.fields).toMatchObject({ a: 'x', extra: { deep: [1] } })
  })

  it('refuses undeclared ones whose name no field can have', () => {
    const entity = open({ strictActionParams: false, actions: [ruleOf('Go')] })
    const hostile = JSON.parse('{"__proto__":1}') as JsonObject
    for (const params of [{ status: 'x' }, { _internal: 1 }, hostile])
      expect(entity.refuse(act('Go', params)).code).toBe('reserved_field_name')
    for (const name of ['', 'a\0b', '\ud800', 'é'.repeat(128)])
      expect(entity.refuse(act('Go', { [name]: 1 })).code).toBe('invalid_field_name')
    expect(entity.refuse(act('Go', { 'a\0b': 1 })).message).toBe(
      String.raw`Thing/t-1: Go cannot set "a\u0000b": the name of a field must not contain NUL`,
    )
    entity.apply(act('Go', { [`${'é'.repeat(127)}a`]: 1 }))
  })

  it('refuses an action without a required param, null or left out', () => {
    const entity = open({ actions: [ruleOf('Go', { params: declared })] })
    for (const params of [{}, { name: null }]) {
      expect(entity.refuse(act('Go', params))).toMatchObject({
        code: 'missing_param',
        message: 'Thing/t-1: Go needs param "name" (string), which was not given',
      })
    }
    entity.apply(act('Go', { name: '' }))
  })

  it('asks for the params of the rule that applies, not of its namesakes', () => {
    const guard = compare(param('size'), '>', literal(0))
    const entity = open({ actions: [ruleOf('Go', { guard, params: declared }), ruleOf('Go')] })
    expect(entity.refuse(act('Go', { size: 1 })).code).toBe('missing_param')
    entity.apply(act('Go', { size: 0 }))
  })

  it('may have any of the types that the rules of the action declare', () => {
    const actions = [
      ruleOf('Go', { params: [paramOf('x', 'int')] }),
      ruleOf('Go', { params: [paramOf('x', 'list')] }),
    ]
    const entity = open({ actions })
    entity.apply(act('Go', { x: 1 }))
    entity.apply(act('Go', { x: [] }))
    expect(entity.refuse(act('Go', { x: 'text' })).code).toBe('wrong_param_type')
  })

  it('that would assign a variable have its type, whatever their rules say', () => {
    const entity = open({
      variables: [variableOf('n', 'int')],
      actions: [ruleOf('Go', { params: [paramOf('n', 'string')] })],
    })
    expect(entity.refuse(act('Go', { n: 'text' })).code).toBe('wrong_param_type')
    entity.apply(act('Go', { n: 5 }))
    expect(entity.state.numbers).toEqual({ n: 5 })
  })

  it('takes null for any type that is not required', () => {
    const entity = open({ actions: [ruleOf('Go', { params: declared })] })
    entity.apply(act('Go', { name: 'x', size: null }))
    expect(entity.state.fields['size']).toBeNull()
  })

  it('says what was wrong and what was given, but not the value of what is sensitive', () => {
    const params = [paramOf('size', 'int'), paramOf('pin', 'string')]
    const entity = open({
      variables: [variableOf('pin', 'string', { sensitive: true })],
      actions: [ruleOf('Go', { params })],
    })
    expect(entity.refuse(act('Go', { size: 1.5 })).message).toBe(
      'Thing/t-1: Go param "size" must be an integer of at most 2^53 - 1, and was given 1.5',
    )
    expect(entity.refuse(act('Go', { pin: 1234 })).message).toMatch(/was given a number$/)
  })
})

describe('params named like variables', () => {
  const variables = [
    variableOf('text'),
    variableOf('n', 'int', { initial: 1 }),
    variableOf('data', 'json', { initial: { a: 1 } }),
    variableOf('owner', 'ref'),
    variableOf('turns', 'counter', { initial: 1 }),
    variableOf('flag', 'bool'),
    variableOf('tags', 'list', { initial: ['x'] }),
  ]
  const params = variables.map(({ name, type }) => paramOf(name, type))

  it('assign strings, ints, numbers, json and refs', () => {
    const entity = open({ variables, actions: [ruleOf('Set', { params })] })
    entity.apply(act('Set', { text: 'new', n: 7, data: [1], owner: 'o-1' }))
    expect(entity.state.numbers).toEqual({ n: 7 })
    expect(entity.state.fields).toMatchObject({ text: 'new', n: 7, data: [1], owner: 'o-1' })
  })

  it('leave counters, bools, lists and sets alone, in records and in fields', () => {
    const entity = open({ variables, actions: [ruleOf('Set', { params })] })
    const before = entity.state
    entity.apply(act('Set', { turns: 9, flag: true, tags: ['y'] }))
    expect(entity.state).toEqual({ ...before, version: 2 })
  })

  it('left out assign nothing, and null assigns the zero of the type', () => {
    const entity = open({ variables, actions: [ruleOf('Set', { params })] }, { text: 'old', owner: 'o-1' })
    entity.apply(act('Set'))
    expect(entity.state.fields).toMatchObject({ text: 'old', n: 1, data: { a: 1 }, owner: 'o-1' })
    entity.apply(act('Set', { text: null, n: null, data: null, owner: null }))
    expect(entity.state.fields).toMatchObject({ text: '', n: 0, data: null, owner: null })
    expect(entity.state.numbers).toEqual({ n: 0 })
  })

  it('give way to an effect of the rule that writes the variable', () => {
    const effects = [
      { kind: 'assign', variable: 'text', value: literal('effect') },
      { kind: 'add', variable: 'n', amount: param('n') },
    ] as const
    const entity = open({ variables, actions: [ruleOf('Set', { params, effects })] })
    entity.apply(act('Set', { text: 'param', n: 5 }))
    expect(entity.state.fields).toMatchObject({ text: 'effect', n: 6 })
  })

  it('stay out of fields when transient, variable or not, but are kept in the event', () => {
    const transient = [
      paramOf('text', 'string', { transient: true }),
      paramOf('once', 'int', { transient: true }),
    ]
    const entity = open({ variables, actions: [ruleOf('Set', { params: transient })] })
    const event = entity.apply(act('Set', { text: 'secret', once: 1 }))
    expect(event).toMatchObject({ params: { text: 'secret', once: 1 }, transient: ['text', 'once'] })
    expect(entity.state.fields).toMatchObject({ text: '' })
    expect(entity.state.fields).not.toHaveProperty('once')
  })

  it('transient ones still serve as the argument of an effect', () => {
    const entity = open({
      variables,
      actions: [
        ruleOf('Set', {
          params: [paramOf('once', 'string', { transient: true })],
          effects: [{ kind: 'assign', variable: 'text', value: param('once') }],
        }),
      ],
    })
    entity.apply(act('Set', { once: 'x' }))
    expect(entity.state.fields).toMatchObject({ text: 'x' })
    expect(entity.state.fields).not.toHaveProperty('once')
  })
})

describe('a deleted entity', () => {
  const parts = {
    states: ['Open', 'Deleted'],
    terminal: [],
    variables: [variableOf('turns', 'counter')],
    actions: [ruleOf('Go'), ruleOf('End', { to: 'Deleted' })],
  }

  it('refuses everything, unknown actions included, with a code of its own', () => {
    for (const end of [remove, act('End')]) {
      const entity = open(parts)
      entity.apply(end)
      expect(entity.state.deletedAt).toBe(2_000)
      for (const command of [act('Go'), act('Nonsense'), update({ a: 1 }), remove, create()])
        expect(entity.refuse(command).code).toBe('entity_deleted')
    }
  })

  it('keeps its status when it is deleted, and has the status Deleted when an action ended it', () => {
    const deleted = open(parts)
    expect(deleted.apply(remove)).toMatchObject({ action: 'Deleted', from: 'Open', to: 'Open', params: {} })
    const ended = open(parts)
    expect(ended.apply(act('End'))).toMatchObject({ action: 'End', from: 'Open', to: 'Deleted' })
    expect(ended.state).toMatchObject({ status: 'Deleted', fields: { status: 'Deleted' } })
  })
})
