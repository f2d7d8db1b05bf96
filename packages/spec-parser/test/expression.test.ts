import { parseExpression, printExpression } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { errorsOf, specText } from './helpers.ts'

const tree = (text: string) => {
  const result = parseExpression(text)
  if (result.kind === 'fault') throw new Error(result.message)
  return result.expression
}

describe('parseExpression', () => {
  it.each([
    ['a || b && c', 'a || (b && c)'],
    ['a => b => c', 'a => (b => c)'],
    ['a || b => c', '(a || b) => c'],
    ['!a && b', '(!a) && b'],
    ['!a == b', '!(a == b)'],
    ['a && b && c', '(a && b) && c'],
    ['a - -1 == 2', 'a - -1 == 2.0'],
  ])('reads %s as %s', (left, right) => expect(tree(left)).toEqual(tree(right)))

  it('keeps chains flat', () => {
    expect(tree('a && b && c')).toMatchObject({ kind: 'and', operands: [{}, {}, {}] })
    expect(tree('a + b - c == 0')).toMatchObject({ left: { kind: 'sum', terms: [{}, {}, { sign: '-' }] } })
  })

  it('reads every form of the grammar', () => {
    expect(tree("Order[params.order].status not in ['A', null]")).toEqual({
      kind: 'in',
      negated: true,
      item: { kind: 'relatedStatus', entityType: 'Order', path: { kind: 'param', name: 'order' } },
      set: { kind: 'set', items: ['A', null] },
    })
    expect(tree(String.raw`x == 'it\'s \\'`)).toMatchObject({
      right: { value: String.raw`it's \ `.trimEnd() },
    })
    expect(tree('len(tags) >= 2')).toMatchObject({ left: { kind: 'length', path: { name: 'tags' } } })
    expect(tree('!empty(params.x)')).toEqual({
      kind: 'not',
      operand: { kind: 'empty', path: { kind: 'param', name: 'x' } },
    })
    expect(tree('x in params.list')).toMatchObject({ set: { kind: 'param', name: 'list' } })
    expect(tree('x in []')).toMatchObject({ set: { items: [] } })
  })

  it.each([
    ['', 0, 0],
    ['a &&', 4, 4],
    ['a & b', 2, 3],
    ['a = 1', 2, 3],
    ['a == "x"', 5, 6],
    ["a == 'x", 5, 7],
    ['(a', 2, 2],
    ['a)', 1, 2],
    ['a < b < c', 6, 7],
    ['(a + b) > c', 8, 9],
    ['foo(a)', 0, 3],
    ['x in [y]', 6, 7],
    ['x not y', 6, 7],
    ['Order[x].total', 9, 14],
    ["x == 'a\\n'", 7, 9],
    ['9007199254740993 > x', 0, 16],
    ['1x > 2', 0, 2],
    ['a and b', 2, 5],
  ])('refuses %j and points at it', (text, start, end) => {
    expect(parseExpression(text)).toMatchObject({ kind: 'fault', code: 'syntax', span: { start, end } })
  })

  it.each(['(', '!', 'a => ', '!('])('answers 100,000 times %j with one fault', (piece) => {
    expect(parseExpression(piece.repeat(100_000))).toMatchObject({ kind: 'fault', code: 'nesting_too_deep' })
  })

  it('allows 64 levels and no more', () => {
    const nested = (levels: number) => `${'('.repeat(levels - 1)}a${')'.repeat(levels - 1)}`
    expect(parseExpression(nested(64)).kind).toBe('expression')
    expect(parseExpression(nested(65)).kind).toBe('fault')
  })

  it('reads chains of any length', () => {
    expect(tree(Array(20_000).fill('a').join(' && '))).toMatchObject({ kind: 'and' })
    expect(tree(`${Array(20_000).fill('a').join(' + ')} > 0`)).toMatchObject({ kind: 'compare' })
  })
})

describe('printExpression', () => {
  it.each([
    "status == 'Done' => turns > 0",
    '!(a == b) && !empty(x)',
    'a && (b || c) => !!d',
    '(a => b) => c',
    "x in ['a', null, 'it\\'s']",
    'a + b - -1 >= 0.0000005',
  ])('prints %s as it was written', (text) => expect(printExpression(tree(text))).toBe(text))
})

describe('the types of an expression', () => {
  const check = (guard: string) =>
    errorsOf(
      specText(`[[action]]\nname = "G"\nparams = ["p", { name = "n", type = "int" }]\nguard = "${guard}"`),
    )

  it.each([
    "count > 0 && text == 'x' && flag",
    "status in ['A', 'B'] || params.p == null",
    "'x' in tags && text not in unique",
    'len(tags) + count - 1 <= ratio',
    "User[owner].status == 'Active' && data == 1 && data == 'x'",
    'params.n + whole > 1 => empty(params.p)',
    'p == null && empty(data)',
    "owner == 'u-1' && data",
  ])('accepts %s', (guard) => expect(check(guard)).toEqual([]))

  it.each([
    ['count', 'type_mismatch'],
    ['text', 'type_mismatch'],
    ['!text', 'type_mismatch'],
    ["count == 'x'", 'type_mismatch'],
    ['text < 3', 'type_mismatch'],
    ["count < 'a'", 'type_mismatch'],
    ['flag + 1 > 0', 'type_mismatch'],
    ["data in [1, 'a']", 'type_mismatch'],
    ['text in [1]', 'type_mismatch'],
    ['text in text', 'type_mismatch'],
    ['len(count) > 0', 'type_mismatch'],
    ['empty(count)', 'type_mismatch'],
    ['tags == unique', 'type_mismatch'],
    ["User[count].status == 'x'", 'type_mismatch'],
    ["status == 'C'", 'unknown_state'],
    ["status in ['A', 'C']", 'unknown_state'],
    ["'C' == status", 'unknown_state'],
    ['nothing > 0', 'unknown_variable'],
    ['params.nothing > 0', 'unknown_variable'],
    ['text ==', 'invalid_expression'],
  ])('refuses %s as %s', (guard, code) => expect(check(guard).map((issue) => issue.code)).toEqual([code]))

  it('reads params in guards only', () => {
    expect(errorsOf(specText('[[invariant]]\nname = "I"\nassert = "params.p == 1"'))).toMatchObject([
      { code: 'invalid_expression' },
    ])
  })

  it('knows params of the file as fields in guards, not in invariants', () => {
    const action = '[[action]]\nname = "Set"\nparams = ["note"]\n'
    expect(errorsOf(specText(`${action}[[action]]\nname = "G"\nguard = "note == 'x'"`))).toEqual([])
    expect(errorsOf(specText(`${action}[[invariant]]\nname = "I"\nassert = "note == 'x'"`))).toMatchObject([
      { code: 'unknown_variable' },
    ])
  })

  it('lets a field invariant speak of any field', () => {
    expect(
      errorsOf(specText('[[field_invariant]]\nname = "F"\nassert = "anything == 1 || count > 0"')),
    ).toEqual([])
    expect(errorsOf(specText('[[field_invariant]]\nname = "F"\nassert = "count == \'x\'"'))).toMatchObject([
      { code: 'type_mismatch' },
    ])
  })
})
