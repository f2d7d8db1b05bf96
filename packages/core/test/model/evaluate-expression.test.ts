import { describe, expect, it } from 'vitest'
import { canonicalJson, hashContent, relatedKey } from '@perdure/core'
import type { Expression, JsonObject, JsonValue } from '@perdure/core'
import { compileTest, compileValue } from '../../src/model/evaluate-expression.ts'
import { NeedList, OverflowedValue } from '../../src/model/scope.ts'
import type { Scope } from '../../src/model/scope.ts'
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

const big = { text: 'a'.repeat(100) }
const content = { hash: hashContent(canonicalJson(big)), size: canonicalJson(big).length }
const nothing = new OverflowedValue({ hash: 'h', size: 2 })

function scopeOf(
  values: Readonly<Record<string, JsonValue | OverflowedValue>> = {},
  parts: Partial<Scope> = {},
): Scope {
  const lookUp: Scope['lookUp'] = (name) => (Object.hasOwn(values, name) ? values[name] : undefined)
  return { status: 'Open', lookUp, params: {}, knowledge: {}, needs: new NeedList(), ...parts }
}

const holds = (expression: Expression, scope: Scope = scopeOf()): boolean => compileTest(expression)(scope)
const valueOf = (expression: Expression, scope: Scope = scopeOf()) => compileValue(expression)(scope)

describe('names', () => {
  it('read the state, the params and the status', () => {
    const scope = scopeOf({ turns: 3 }, { params: { amount: 4 } })
    expect(valueOf(read('turns'), scope)).toBe(3)
    expect(valueOf(param('amount'), scope)).toBe(4)
    expect(valueOf(status, scope)).toBe('Open')
  })

  it('read null when they hold nothing, whatever objects inherit', () => {
    expect(valueOf(read('toString'))).toBeNull()
    expect(valueOf(param('constructor'), scopeOf({}, { params: {} }))).toBeNull()
  })

  it('are a test that only true passes', () => {
    expect(holds(read('flag'), scopeOf({ flag: true }))).toBe(true)
    for (const value of [false, 1, 'true', [], null])
      expect(holds(read('x'), scopeOf({ x: value }))).toBe(false)
  })
})

describe('comparison', () => {
  it('never finds values of different types equal', () => {
    const values: readonly JsonValue[] = [0, '', '0', false, null, [], {}]
    for (const [i, left] of values.entries()) {
      for (const [j, right] of values.entries()) {
        const scope = scopeOf({ left, right })
        expect(holds(compare(read('left'), '==', read('right')), scope)).toBe(i === j)
        expect(holds(compare(read('left'), '!=', read('right')), scope)).toBe(i !== j)
      }
    }
  })

  it('compares lists and objects by content, whatever the order of members', () => {
    const scope = scopeOf({ a: { x: 1, y: [2] }, b: { y: [2], x: 1 }, c: { x: 1, y: [3] } })
    expect(holds(compare(read('a'), '==', read('b')), scope)).toBe(true)
    expect(holds(compare(read('a'), '==', read('c')), scope)).toBe(false)
  })

  it('orders numbers', () => {
    const table = {
      '<': [true, false, false],
      '<=': [true, true, false],
      '>': [false, false, true],
      '>=': [false, true, true],
    }
    for (const [operator, [less, same, more]] of Object.entries(table)) {
      const against = (value: number) => holds(compare(literal(value), operator as '<', literal(2)))
      expect([against(1), against(2), against(3)]).toEqual([less, same, more])
    }
  })

  it('is false when something other than numbers is ordered', () => {
    for (const value of ['1', null, true, [1]]) {
      const scope = scopeOf({ value })
      for (const operator of ['<', '<=', '>', '>='] as const) {
        expect(holds(compare(read('value'), operator, literal(5)), scope)).toBe(false)
        expect(holds(compare(literal(0), operator, read('value')), scope)).toBe(false)
      }
    }
  })
})

describe('sums and lengths', () => {
  it('add and subtract, and are null when a part is no number', () => {
    const scope = scopeOf({ a: 5, text: 'x' })
    expect(valueOf(sum(read('a'), ['-', literal(7)], ['+', literal(1)]), scope)).toBe(-1)
    expect(valueOf(sum(read('a'), ['+', read('text')]), scope)).toBeNull()
    expect(valueOf(sum(read('a'), ['+', read('missing')]), scope)).toBeNull()
  })

  it('count the items of a list and the UTF-16 units of a string', () => {
    const scope = scopeOf({ list: [1, 2], text: '😀', object: { a: 1 } })
    expect(valueOf(length(read('list')), scope)).toBe(2)
    expect(valueOf(length(read('text')), scope)).toBe(2)
    expect(valueOf(length(read('object')), scope)).toBeNull()
    expect(valueOf(length(read('missing')), scope)).toBeNull()
  })
})

describe('membership', () => {
  it('searches a literal set, and a list of the entity or the command', () => {
    const scope = scopeOf({ tags: ['a', { b: 1 }] }, { params: { list: [1] } })
    expect(holds(within(status, setOf('Open', null)), scope)).toBe(true)
    expect(holds(within(literal('a'), read('tags')), scope)).toBe(true)
    expect(holds(within(literal(1), param('list')), scope)).toBe(true)
    expect(holds(within(literal('1'), param('list')), scope)).toBe(false)
  })

  it('finds nothing in what is no list, and "not in" is its opposite', () => {
    const scope = scopeOf({ text: 'abc' })
    expect(holds(within(literal('a'), read('text')), scope)).toBe(false)
    expect(holds(within(literal('a'), read('text'), true), scope)).toBe(true)
    expect(holds(within(status, setOf('Open'), true))).toBe(false)
  })
})

describe('emptiness', () => {
  it('holds for null, the empty string, list and object, and for nothing else', () => {
    for (const value of [null, '', [], {}]) expect(holds(empty(read('x')), scopeOf({ x: value }))).toBe(true)
    for (const value of [0, false, ' ', [null], { a: null }])
      expect(holds(empty(read('x')), scopeOf({ x: value }))).toBe(false)
    expect(holds(empty(read('missing')))).toBe(true)
  })
})

describe('logic', () => {
  const yes = literal(true)
  const no = literal(false)

  it('connects tests as its operators say', () => {
    for (const [a, b] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      expect(holds(and(literal(a), literal(b)))).toBe(a && b)
      expect(holds(or(literal(a), literal(b)))).toBe(a || b)
      expect(holds(implies(literal(a), literal(b)))).toBe(!a || b)
      expect(valueOf(compare(not(literal(a)), '==', literal(!a)))).toBe(true)
    }
  })

  it('asks no further than it must', () => {
    const scope = scopeOf({ big: new OverflowedValue(content) })
    const needy = compare(length(read('big')), '>', literal(0))
    for (const expression of [and(no, needy), or(yes, needy), implies(no, needy)]) holds(expression, scope)
    expect(scope.needs.fields.size).toBe(0)
  })
})

describe('an overflowed value', () => {
  const values = { big: new OverflowedValue(content), nothing, small: 'x' }

  it('is compared and tested for emptiness by its hash and size alone', () => {
    const scope = scopeOf({ ...values, same: { ...big } })
    expect(holds(compare(read('big'), '==', read('same')), scope)).toBe(true)
    expect(holds(compare(read('same'), '==', read('big')), scope)).toBe(true)
    expect(holds(compare(read('big'), '!=', read('small')), scope)).toBe(true)
    expect(holds(compare(read('big'), '==', read('big')), scope)).toBe(true)
    expect(holds(compare(read('big'), '==', read('nothing')), scope)).toBe(false)
    expect(holds(compare(read('big'), '==', literal(null)), scope)).toBe(false)
    expect(holds(compare(read('big'), '>', literal(0)), scope)).toBe(false)
    expect(holds(empty(read('big')), scope)).toBe(false)
    expect(holds(empty(read('nothing')), scope)).toBe(true)
    expect(scope.needs.fields.size).toBe(0)
  })

  it('is asked for when its content is looked into, and answered with once it is known', () => {
    const text = JSON.stringify('abc')
    const overflowed = new OverflowedValue({ hash: hashContent(text), size: text.length })
    const test = compare(length(read('text')), '==', literal(3))
    const unknowing = scopeOf({ text: overflowed })
    expect(holds(test, unknowing)).toBe(false)
    expect([...unknowing.needs.fields]).toEqual(['text'])
    const knowing = scopeOf(
      { text: overflowed },
      { knowledge: { contents: new Map([[hashContent(text), 'abc']]) } },
    )
    expect(holds(test, knowing)).toBe(true)
    expect(knowing.needs.fields.size).toBe(0)
  })

  it('is asked for as the list that something is searched in', () => {
    const scope = scopeOf({ tags: new OverflowedValue({ hash: 'h', size: 99 }) })
    holds(within(literal('a'), read('tags')), scope)
    expect([...scope.needs.fields]).toEqual(['tags'])
  })
})

describe('the status of related entities', () => {
  const statuses = new Map<string, string | null>([
    [relatedKey({ type: 'Order', id: 'o-1' }), 'Paid'],
    [relatedKey({ type: 'Order', id: 'o-2' }), 'Open'],
    [relatedKey({ type: 'Order', id: 'gone' }), null],
  ])
  const isPaid = compare(related('Order', read('order')), '==', literal('Paid'))
  const read1 = (order: JsonValue, expression: Expression = isPaid): boolean =>
    holds(expression, scopeOf({ order }, { knowledge: { related: statuses } }))

  it('must pass the test for each of them', () => {
    expect(read1('o-1')).toBe(true)
    expect(read1(['o-1'])).toBe(true)
    expect(read1(['o-1', 'o-2'])).toBe(false)
    expect(read1(['o-1', 'o-2'], within(related('Order', read('order')), setOf('Paid', 'Open')))).toBe(true)
    expect(read1(['o-1', 'o-2'], within(related('Order', read('order')), setOf('Open'), true))).toBe(false)
    expect(read1(['o-2'], compare(related('Order', read('order')), '!=', literal('Paid')))).toBe(true)
  })

  it('is one null for a missing entity, an unset field and an empty list', () => {
    const isNull = compare(related('Order', read('order')), '==', literal(null))
    for (const order of ['gone', '', null, [], [''], 7] as readonly JsonValue[]) {
      expect(read1(order, isNull)).toBe(true)
      expect(read1(order)).toBe(false)
    }
  })

  it('is a text, so never true by itself', () => {
    expect(read1('o-1', related('Order', read('order')))).toBe(false)
  })

  it('is asked for when it is not known, each once', () => {
    const scope = scopeOf({ order: ['o-1', 'o-9', 'o-9'] }, { knowledge: { related: statuses } })
    holds(isPaid, scope)
    expect([...scope.needs.related.values()]).toEqual([{ type: 'Order', id: 'o-9' }])
  })

  it('can be read through a param', () => {
    const params: JsonObject = { order: 'o-1' }
    const test = compare(related('Order', param('order')), '==', literal('Paid'))
    expect(holds(test, scopeOf({}, { params, knowledge: { related: statuses } }))).toBe(true)
  })
})
