import { describe, expect, it } from 'vitest'
import { formatFailingPart, relatedKey } from '@perdure/core'
import type { Expression, JsonObject, JsonValue } from '@perdure/core'
import { explainFailure } from '../../src/model/explain-failure.ts'
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

function explain(
  expression: Expression,
  values: Readonly<Record<string, JsonValue | OverflowedValue>> = {},
  params: JsonObject = {},
  knowledge: Scope['knowledge'] = {},
): string {
  const scope: Scope = {
    status: 'Open',
    lookUp: (name) => values[name],
    params,
    knowledge,
    needs: new NeedList(),
  }
  return formatFailingPart(explainFailure(expression, scope, (name) => name === 'secret'))
}

const positive = compare(read('turns'), '>', literal(0))
const named = not(empty(read('name')))

describe('explaining why an expression is not true', () => {
  it('names the one part of a conjunction that fails, however deep', () => {
    expect(explain(and(named, and(positive, literal(true))), { name: 'x', turns: 0 })).toBe(
      'turns > 0 was false: turns = 0',
    )
  })

  it('names a disjunction whole, for all of it fails', () => {
    expect(explain(or(positive, compare(status, '==', literal('Done'))), { turns: 0 })).toBe(
      "turns > 0 || status == 'Done' was false: turns = 0, status = 'Open'",
    )
  })

  it('names the conclusion of an implication, and its failing part', () => {
    expect(explain(implies(compare(status, '==', literal('Open')), and(positive, named)), { turns: 0 })).toBe(
      'turns > 0 was false: turns = 0',
    )
  })

  it('names the part of a negated disjunction that holds', () => {
    expect(
      explain(not(or(empty(read('a')), or(empty(read('b')), read('c')))), { a: 'x', b: '', c: true }),
    ).toBe("!empty(b) was false: b = ''")
  })

  it('looks through a double negation', () => {
    expect(explain(not(not(and(positive, named))), { turns: 1, name: '' })).toBe(
      "!empty(name) was false: name = ''",
    )
  })

  it('shows what every name in the part read', () => {
    const part = compare(sum(read('a'), ['-', param('b')]), '>=', length(read('list')))
    expect(explain(part, { a: 1, list: [1, 2] }, { b: 3 })).toBe(
      'a - params.b >= len(list) was false: a = 1, params.b = 3, list = [1,2]',
    )
    expect(explain(within(param('x'), read('list')), { list: [] })).toBe(
      'params.x in list was false: params.x = null, list = []',
    )
    expect(explain(within(status, setOf('Done')))).toBe("status in ['Done'] was false: status = 'Open'")
    expect(explain(literal(false))).toBe('false was false')
  })

  it('masks sensitive values, whether variable or param', () => {
    const part = compare(read('secret'), '==', param('secret'))
    const text = explain(part, { secret: 'hunter2' }, { secret: 'hunter3' })
    expect(text).toBe('secret == params.secret was false: secret = •••, params.secret = •••')
  })

  it('shortens long values and gives the size of overflowed ones', () => {
    expect(explain(compare(read('text'), '==', literal('')), { text: 'a'.repeat(100) })).toBe(
      `text == '' was false: text = '${'a'.repeat(79)}… (102 characters)`,
    )
    const overflowed = new OverflowedValue({ hash: 'h', size: 500 })
    expect(explain(empty(read('big')), { big: overflowed })).toBe('empty(big) was false: big = <500 bytes>')
  })

  it('shows the status of every related entity, for any of them may be to blame', () => {
    const statuses = new Map([
      [relatedKey({ type: 'Order', id: 'o-1' }), 'Paid'],
      [relatedKey({ type: 'Order', id: 'o-2' }), 'Open'],
    ])
    const test = compare(related('Order', read('orders')), '==', literal('Paid'))
    expect(explain(test, { orders: ['o-1', 'o-2', 'o-3'] }, {}, { related: statuses })).toBe(
      "Order[orders].status == 'Paid' was false: Order[orders].status = 'Paid', 'Open', null",
    )
  })
})
