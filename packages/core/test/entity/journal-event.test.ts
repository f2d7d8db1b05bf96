import { describe, expect, it } from 'vitest'
import { compileModel, evolve, journalEvent, unborn } from '@perdure/core'
import type { Effect, EntityEvent, EntitySpec, JsonObject } from '@perdure/core'
import { literal, param } from '../helpers/expressions.ts'
import { LiveEntity, act, update } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const secret = 'a very secret value'
const byRef = { overflow: { inlineMaxBytes: 10, journal: 'ref' } } as const
const byValue = { overflow: { inlineMaxBytes: 10, journal: 'value' } } as const

/** Runs the events and checks the law: the journal leads to the same state as the events do. */
function open(parts: Partial<EntitySpec>, fields: JsonObject = {}): LiveEntity {
  return LiveEntity.create(compileModel(specOf(parts)), fields)
}

function last(entity: LiveEntity): EntityEvent {
  expect(evolve(entity.model, unborn, entity.journal).state).toEqual(entity.state)
  const event = entity.journal.at(-1)
  if (event === undefined) throw new Error('an event expected')
  return event
}

const assign = (variable: string, value: Extract<Effect, { kind: 'assign' }>['value']): Effect => ({
  kind: 'assign',
  variable,
  value,
})

describe('journalling an event', () => {
  it('takes content out of a param that a field of policy "ref" overflowed with', () => {
    const entity = open({ variables: [variableOf('text', 'string', byRef)] }, { text: secret, note: 'x' })
    const { hash, size } = entity.state.refs['text'] ?? {}
    const event = last(entity)
    expect(JSON.stringify(event)).not.toContain(secret)
    expect(event.params).toEqual({ note: 'x' })
    expect(event.paramRefs).toEqual({ text: { hash, size } })
  })

  it('keeps the very event when nothing leaves it', () => {
    const entity = open({ variables: [variableOf('text', 'string', byValue)] }, { text: secret })
    expect(entity.journal[0]).toBe(entity.events[0])
    const inline = open({ variables: [variableOf('text', 'string', byRef)] }, { text: 'short' })
    expect(inline.journal[0]).toBe(inline.events[0])
  })

  it('is content with an event of which content has left already', () => {
    const entity = open({ variables: [variableOf('text', 'string', byRef)] }, { text: secret })
    expect(journalEvent(entity.model, last(entity), entity.state)).toEqual(last(entity))
  })

  it('takes content out of an effect that assigned it', () => {
    const effects = [assign('text', literal(secret))]
    const entity = open({
      variables: [variableOf('text', 'string', byRef)],
      actions: [ruleOf('Go', { effects })],
    })
    entity.apply(act('Go'))
    expect(last(entity).effects).toEqual([
      ['text', 'ref', expect.objectContaining({ size: secret.length + 2 })],
    ])
  })

  it('takes an initial value out of the effect that declares it', () => {
    const text = variableOf('text', 'string', { ...byRef, initial: secret })
    const entity = open({ variables: [text] })
    expect(JSON.stringify(last(entity))).not.toContain(secret)
  })

  const transient = paramOf('p', 'string', { transient: true })

  it('takes out a transient param that went only to fields of policy "ref"', () => {
    const effects = [assign('a', param('p')), assign('b', param('p'))]
    const variables = [variableOf('a', 'string', byRef), variableOf('b', 'string', byRef)]
    const entity = open({ variables, actions: [ruleOf('Go', { effects, params: [transient] })] })
    entity.apply(act('Go', { p: secret }))
    expect(JSON.stringify(last(entity))).not.toContain(secret)
  })

  it('does not put content in the place of a value that it superseded', () => {
    const effects = [assign('a', literal('the first value')), assign('a', param('p'))]
    const variables = [variableOf('a', 'string', byRef)]
    const entity = open({ variables, actions: [ruleOf('Go', { effects, params: [transient] })] })
    entity.apply(act('Go', { p: secret }))
    expect(last(entity).effects).toEqual([
      ['a', '=', 'the first value'],
      ['a', 'param', 'p'],
    ])
    expect(last(entity).paramRefs).toHaveProperty('p')
  })

  it('keeps a param that also went to a field which is journalled by value, or is inline', () => {
    const effects = [assign('a', param('p')), assign('b', param('p'))]
    for (const overflow of [byValue.overflow, { inlineMaxBytes: 99, journal: 'ref' }] as const) {
      const variables = [variableOf('a', 'string', byRef), variableOf('b', 'string', { overflow })]
      const entity = open({ variables, actions: [ruleOf('Go', { effects, params: [transient] })] })
      entity.apply(act('Go', { p: secret }))
      expect(last(entity).params).toEqual({ p: secret })
    }
  })

  it('keeps a param that is a field of its own by value', () => {
    const params = [paramOf('p')]
    const entity = open({
      variables: [variableOf('a', 'string', byRef)],
      actions: [ruleOf('Go', { effects: [assign('a', param('p'))], params })],
    })
    entity.apply(act('Go', { p: secret }))
    expect(last(entity).params).toEqual({ p: secret })
  })

  it('keeps a param whose field an effect gave another value', () => {
    const effects = [assign('text', literal('what the effect wrote'))]
    const entity = open({
      variables: [variableOf('text', 'string', byRef)],
      actions: [ruleOf('Go', { effects, params: [paramOf('text')] })],
    })
    entity.apply(act('Go', { text: secret }))
    const { params, paramRefs, effects: journalled } = last(entity)
    expect({ params, paramRefs }).toEqual({ params: { text: secret }, paramRefs: undefined })
    expect(journalled[0]?.[1]).toBe('ref')
  })

  it('keeps the items of a list, which the state has to hold whole', () => {
    const effects = [assign('tags', param('tags'))]
    const entity = open({
      variables: [variableOf('tags', 'list', byRef)],
      actions: [ruleOf('Set', { effects, params: [paramOf('tags', 'list')] })],
    })
    entity.apply(act('Set', { tags: [secret] }))
    expect(last(entity).effects).toEqual([['tags', '=', [secret]]])
    entity.apply(update({ tags: [secret, secret] }))
    expect(last(entity).params).toEqual({ tags: [secret, secret] })
    expect(entity.state.refs).toHaveProperty('tags')
  })

  it('keeps content that an earlier event set', () => {
    const entity = open({ variables: [variableOf('text', 'string', byRef)] }, { text: secret })
    entity.apply(update({ note: secret }))
    expect(last(entity)).toBe(entity.events.at(-1))
  })
})
