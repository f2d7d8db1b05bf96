import { describe, expect, it } from 'vitest'
import { compileModel, relatedKey } from '@perdure/core'
import { compare, empty, length, literal, not, param, read, related } from '../helpers/expressions.ts'
import { LiveEntity, act, create } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const isLong = compare(length(read('text')), '>', literal(3))
const text = variableOf('text', 'string', { overflow: { inlineMaxBytes: 4 } })

describe('a decision that depends on something not at hand', () => {
  it('names the overflowed fields whose content it looks into', () => {
    const model = compileModel(specOf({ variables: [text], actions: [ruleOf('Go', { guard: isLong })] }))
    const entity = LiveEntity.create(model, { text: 'long text' })
    expect(entity.decideOnce(act('Go'))).toEqual({
      kind: 'needs',
      needs: { fields: new Set(['text']), related: new Map() },
    })
    expect(entity.decideOnce(act('Go'), { contents: entity.contents }).kind).toBe('event')
  })

  it('needs nothing to compare an overflowed value or to see that it is there', () => {
    const guard = not(empty(read('text')))
    const same = compare(read('text'), '==', param('text'))
    const rules = [ruleOf('Go', { guard }), ruleOf('Same', { guard: same, params: [paramOf('text')] })]
    const entity = LiveEntity.create(compileModel(specOf({ variables: [text], actions: rules })), {
      text: 'long text',
    })
    expect(entity.decideOnce(act('Go')).kind).toBe('event')
    expect(entity.decideOnce(act('Same', { text: 'long text' })).kind).toBe('event')
    expect(entity.decideOnce(act('Same', { text: 'other text' })).kind).toBe('rejection')
  })

  it('needs content that an effect copies', () => {
    const effects = [{ kind: 'assign', variable: 'copy', value: read('text') }] as const
    const variables = [text, variableOf('copy')]
    const model = compileModel(specOf({ variables, actions: [ruleOf('Go', { effects })] }))
    const entity = LiveEntity.create(model, { text: 'long text' })
    expect(entity.decideOnce(act('Go')).kind).toBe('needs')
    entity.apply(act('Go'))
    expect(entity.state.fields['copy']).toBe('long text')
  })

  it('needs content that an invariant looks into, unless the event itself brings it', () => {
    const invariants = [{ name: 'Long', assert: isLong }]
    const spec = specOf({
      variables: [text],
      invariants,
      actions: [ruleOf('Go'), ruleOf('Set', { params: [paramOf('text')] })],
    })
    const entity = LiveEntity.create(compileModel(spec), { text: 'long text' })
    expect(entity.decideOnce(act('Go')).kind).toBe('needs')
    expect(entity.decideOnce(act('Set', { text: 'other text' })).kind).toBe('event')
    expect(entity.decideOnce(act('Set', { text: 'no' })).kind).toBe('rejection')
    expect(new LiveEntity(compileModel(spec)).decideOnce(create({ text: 'long text' })).kind).toBe('event')
  })

  it('names the related entities whose status it asks for, and believes that a missing one is missing', () => {
    const guard = compare(related('Order', read('order')), '==', literal('Paid'))
    const spec = specOf({ variables: [variableOf('order', 'ref')], actions: [ruleOf('Go', { guard })] })
    const entity = LiveEntity.create(compileModel(spec), { order: 'o-1' })
    const key = relatedKey({ type: 'Order', id: 'o-1' })
    expect(entity.decideOnce(act('Go'))).toEqual({
      kind: 'needs',
      needs: { fields: new Set(), related: new Map([[key, { type: 'Order', id: 'o-1' }]]) },
    })
    expect(entity.decideOnce(act('Go'), { related: new Map([[key, 'Paid']]) }).kind).toBe('event')
    expect(entity.decideOnce(act('Go'), { related: new Map([[key, null]]) })).toMatchObject({
      rejection: { code: 'guard_failed' },
    })
  })
})
