import { describe, expect, it } from 'vitest'
import { printArgument, printExpression, printLiteral } from '@perdure/core'
import type { Expression } from '@perdure/core'
import {
  and,
  compare,
  empty,
  implies,
  length,
  literal,
  not,
  or,
  param,
  read,
  related,
  setOf,
  status,
  sum,
  within,
} from '../helpers/expressions.ts'

const [a, b, c] = [read('a'), read('b'), read('c')]
const test = compare(a, '==', literal(1))

const printed: readonly (readonly [Expression, string])[] = [
  [status, 'status'],
  [param('amount'), 'params.amount'],
  [length(a), 'len(a)'],
  [empty(param('x')), 'empty(params.x)'],
  [related('Order', read('order_id')), 'Order[order_id].status'],
  [compare(related('Order', param('id')), '!=', literal(null)), 'Order[params.id].status != null'],
  [compare(sum(a, ['+', b], ['-', literal(2)]), '<=', length(c)), 'a + b - 2 <= len(c)'],
  [within(status, setOf('Open', 'Done')), "status in ['Open', 'Done']"],
  [within(literal('x'), param('list'), true), "'x' not in params.list"],
  [within(a, setOf()), 'a in []'],
  [and(test, not(b), empty(c)), 'a == 1 && !b && empty(c)'],
  [or(and(a, b), c), 'a && b || c'],
  [and(or(a, b), c), '(a || b) && c'],
  [and(implies(a, b), c), '(a => b) && c'],
  [implies(or(a, b), c), 'a || b => c'],
  [implies(a, implies(b, c)), 'a => b => c'],
  [implies(implies(a, b), c), '(a => b) => c'],
  [not(test), '!(a == 1)'],
  [not(within(a, setOf(1))), '!(a in [1])'],
  [not(and(a, b)), '!(a && b)'],
  [not(not(empty(a))), '!!empty(a)'],
  [not(literal(true)), '!true'],
  [and(and(a, b), c), '(a && b) && c'],
]

describe('printing an expression', () => {
  it.each(printed)('%j', (expression, text) => {
    expect(printExpression(expression)).toBe(text)
  })
})

describe('printing a literal', () => {
  it('puts strings in single quotes and escapes quotes and backslashes', () => {
    expect(printLiteral(String.raw`it's a \ "x"`)).toBe(String.raw`'it\'s a \\ "x"'`)
    expect([true, false, null].map(printLiteral)).toEqual(['true', 'false', 'null'])
  })

  it('writes numbers as digits that read back as the same number', () => {
    const numbers = [
      0,
      -3,
      0.5,
      1e21,
      -1.5e300,
      5e-324,
      -1.25e-7,
      0.000001,
      123456789012345680000,
      2 ** 53 - 1,
    ]
    for (const value of numbers) {
      expect(printLiteral(value)).toMatch(/^-?\d+(\.\d+)?$/)
      expect(Number(printLiteral(value))).toBe(value)
    }
    expect(printLiteral(-1.25e-7)).toBe('-0.000000125')
  })
})

describe('printing an argument', () => {
  it('reads as the effect language has it', () => {
    expect([literal('x'), a, param('p')].map(printArgument)).toEqual(["'x'", 'a', 'params.p'])
  })
})
