import { test } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { compileModel } from '@perdure/core'
import type { JsonValue, ValueType } from '@perdure/core'
import { compare, literal, param } from '../helpers/expressions.ts'
import { LiveEntity, act } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

/** An entity whose `Add` raises `total` by an amount that must exceed `above`. */
function totalOf(type: ValueType, above: number = -1): LiveEntity {
  const guard = compare(param('size'), '>', literal(above))
  const params = [paramOf('size', type, { required: true, amount: true })]
  const effects = [
    { kind: 'add' as const, variable: 'total', amount: { kind: 'param' as const, name: 'size' } },
  ]
  const actions = [ruleOf('Add', { guard, params, effects })]
  return LiveEntity.create(compileModel(specOf({ variables: [variableOf('total', type)], actions })))
}

const numericType = fc.constantFrom<ValueType>('int', 'counter', 'number')

test.prop([numericType, fc.maxSafeNat(), fc.nat({ max: 3 })])(
  'an amount given as text decides as the number does, and the event holds the number',
  (type, size, zeros) => {
    const asText = totalOf(type).apply(act('Add', { size: '0'.repeat(zeros) + String(size) }))
    expect(asText).toEqual(totalOf(type).apply(act('Add', { size })))
    expect(asText.params).toEqual({ size })
  },
)

test.prop([fc.nat({ max: 1e6 }), fc.stringMatching(/^\d{1,6}$/)])(
  'an amount of type number may have a fraction, one of an integer type may not',
  (whole, fraction) => {
    const size = `${whole}.${fraction}`
    expect(totalOf('number').apply(act('Add', { size })).params).toEqual({ size: Number(size) })
    expect(totalOf('int').refuse(act('Add', { size })).code).toBe('wrong_param_type')
    expect(totalOf('counter').refuse(act('Add', { size })).code).toBe('wrong_param_type')
  },
)

test.prop([numericType, fc.oneof(fc.string(), fc.integer({ max: -1 }).map(String))])(
  'text that is no plain decimal number is no amount',
  (type, size) => {
    fc.pre(!/^\d+(\.\d+)?$/.test(size))
    expect(totalOf(type).refuse(act('Add', { size })).code).toBe('wrong_param_type')
  },
)

test.prop([numericType, fc.integer({ max: -1 })])('no amount is negative', (type, size) => {
  expect(totalOf(type).refuse(act('Add', { size })).code).toBe('wrong_param_type')
})

test.prop([numericType, fc.nat({ max: 100 }), fc.nat({ max: 100 })])(
  'a guard sees the number that the text says',
  (type, size, above) => {
    const entity = totalOf(type, above)
    const command = act('Add', { size: String(size) })
    if (size > above) expect(entity.apply(command).params).toEqual({ size })
    else expect(entity.refuse(command).message).toContain(`params.size = ${size}`)
  },
)

test.prop([numericType])('what is as large as no number can be is refused, not rounded', (type) => {
  const size = '9'.repeat(400)
  expect(totalOf(type).refuse(act('Add', { size })).code).toBe('wrong_param_type')
  expect(totalOf('int').refuse(act('Add', { size: '9007199254740993' })).code).toBe('wrong_param_type')
})

const readings: readonly (readonly [given: JsonValue, to: string, recorded: JsonValue])[] = [
  ['12', 'Text', '12'],
  [12, 'Closed', 12],
]

test.each(readings)(
  'text is read as a number only by the rules that want an amount: %j',
  (size, to, recorded) => {
    const actions = [
      ruleOf('Go', {
        to: 'Text',
        guard: compare(param('size'), '==', literal('12')),
        params: [paramOf('size')],
      }),
      ruleOf('Go', { to: 'Closed', params: [paramOf('size', 'int', { amount: true })] }),
    ]
    const model = compileModel(specOf({ states: ['Open', 'Text', 'Closed'], actions }))
    const event = LiveEntity.create(model).apply(act('Go', { size }))
    expect({ to: event.to, params: event.params }).toEqual({ to, params: { size: recorded } })
  },
)

test('what only another rule of the action takes is no amount to this one', () => {
  const actions = [
    ruleOf('Go', { guard: compare(param('size'), '==', literal('a')), params: [paramOf('size')] }),
    ruleOf('Go', { params: [paramOf('size', 'int', { amount: true })] }),
  ]
  const entity = LiveEntity.create(compileModel(specOf({ actions })))
  expect(entity.refuse(act('Go', { size: 'b' }))).toMatchObject({
    code: 'wrong_param_type',
    message:
      'Thing/t-1: Go param "size" must be an integer from 0 to 2^53 - 1, or the text of one, and was given a string',
  })
})
