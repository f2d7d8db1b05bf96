import { describe, expect, it } from 'vitest'
import { compileModel, defaultInlineMaxBytes, defaultLimits } from '@perdure/core'
import { compare, literal, read } from '../helpers/expressions.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const rules = (model: ReturnType<typeof compileModel>, action: string, status: string) =>
  model.actions
    .get(action)
    ?.rulesByStatus.get(status)
    ?.map(({ spec }) => spec.to)

describe('compiling a spec', () => {
  it('hashes what the spec says: equal specs alike, any difference apart', () => {
    const spec = specOf({ variables: [variableOf('turns', 'counter')] })
    const reordered = Object.fromEntries(Object.entries(spec).reverse()) as unknown as typeof spec
    expect(compileModel(spec).specHash).toMatch(/^[0-9a-f]{32}$/)
    expect(compileModel(reordered).specHash).toBe(compileModel(spec).specHash)
    expect(compileModel({ ...spec, version: 2 }).specHash).not.toBe(compileModel(spec).specHash)
  })

  it('does not hash what the host sets', () => {
    expect(compileModel(specOf(), { inlineMaxBytes: 1, limits: { maxListItems: 2 } }).specHash).toBe(
      compileModel(specOf()).specHash,
    )
  })

  it('arranges rules by action and status, in file order', () => {
    const model = compileModel(
      specOf({
        states: ['A', 'B', 'C'],
        initial: 'A',
        terminal: ['C'],
        actions: [
          ruleOf('Go', { from: ['A'], to: 'B' }),
          ruleOf('Go', { to: 'C' }),
          ruleOf('Go', { from: ['C'], to: 'A' }),
        ],
      }),
    )
    expect(rules(model, 'Go', 'A')).toEqual(['B', 'C'])
    expect(rules(model, 'Go', 'B')).toEqual(['C'])
    expect(rules(model, 'Go', 'C')).toEqual(['A'])
  })

  it('lets a rule without "from" leave any status but a terminal one and Deleted', () => {
    const states = ['Open', 'Closed', 'Deleted']
    const model = compileModel(specOf({ states, actions: [ruleOf('Go', { to: 'Open' })] }))
    expect(states.map((status) => rules(model, 'Go', status)?.length ?? 0)).toEqual([1, 0, 0])
  })

  it('knows no action of kind output: nothing dispatches one', () => {
    const model = compileModel(specOf({ actions: [ruleOf('Told', { kind: 'output' })] }))
    expect(model.actions.has('Told')).toBe(false)
  })

  it('gathers the params of all rules of an action', () => {
    const guard = compare(read('x'), '==', literal(1))
    const model = compileModel(
      specOf({
        actions: [
          ruleOf('Go', { guard, params: [paramOf('a'), paramOf('b', 'int')] }),
          ruleOf('Go', { params: [paramOf('b', 'string')] }),
        ],
      }),
    )
    const params = model.actions.get('Go')?.params
    expect([...(params?.keys() ?? [])]).toEqual(['a', 'b'])
    expect(params?.get('b')?.map(({ type }) => type)).toEqual(['int', 'string'])
  })

  it('gives a field the policy of its variable, with the host filling in', () => {
    const variables = [
      variableOf('own', 'string', { overflow: { inlineMaxBytes: 5, ttlSeconds: 60, journal: 'ref' } }),
      variableOf('plain'),
    ]
    const model = compileModel(specOf({ variables }), { inlineMaxBytes: 7 })
    expect(model.policies('own')).toEqual({ inlineMaxBytes: 5, ttlSeconds: 60, journal: 'ref' })
    expect(model.policies('plain')).toEqual({ inlineMaxBytes: 7, journal: 'value' })
    expect(model.policies('toString')).toEqual({ inlineMaxBytes: 7, journal: 'value' })
    expect(compileModel(specOf()).policies('x').inlineMaxBytes).toBe(defaultInlineMaxBytes)
  })

  it('takes limits one by one', () => {
    const { limits } = compileModel(specOf(), { limits: { maxListItems: 2 } })
    expect(limits).toEqual({ ...defaultLimits, maxListItems: 2 })
  })
})
