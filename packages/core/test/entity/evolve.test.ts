import { describe, expect, it } from 'vitest'
import { compileModel, decodeContent, evolve, fieldValueOfEvent, unborn } from '@perdure/core'
import type { Effect, OverflowPolicy } from '@perdure/core'
import { literal, param } from '../helpers/expressions.ts'
import { LiveEntity, act, remove, update } from '../helpers/live-entity.ts'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const long = 'a'.repeat(20)

function open(overflow: Partial<OverflowPolicy>): LiveEntity {
  const effects: readonly Effect[] = [{ kind: 'append', variable: 'tags', item: param('tag') }]
  const spec = specOf({
    variables: [variableOf('text', 'string', { overflow }), variableOf('tags', 'list', { overflow })],
    actions: [
      ruleOf('Tag', { effects, params: [paramOf('tag')] }),
      ruleOf('Close', {
        to: 'Closed',
        effects: [{ kind: 'assign', variable: 'text', value: literal('done') }],
      }),
    ],
  })
  return LiveEntity.create(compileModel(spec))
}

describe('evolving', () => {
  it('refuses events that do not follow on one another', () => {
    const entity = open({})
    entity.apply(update({ text: 'a' }))
    const [first, second] = entity.events
    if (first === undefined || second === undefined) throw new Error('two events expected')
    const { model, state } = entity
    expect(() => evolve(model, unborn, [second])).toThrow(new RangeError('event 2 cannot follow version 0'))
    expect(() => evolve(model, unborn, [first, first])).toThrow(RangeError)
    expect(() => evolve(model, unborn, [first, { ...second, sequence: 3 }])).toThrow(RangeError)
    expect(() => evolve(model, state, [second])).toThrow(RangeError)
    expect(evolve(model, state, []).state).toEqual(state)
  })

  it('ends a lifetime a ttl after the event that set the value, however late it is replayed', () => {
    const entity = open({ inlineMaxBytes: 10, ttlSeconds: 60 })
    entity.apply(update({ text: long }))
    entity.apply(act('Tag', { tag: 'x' }))
    expect(entity.state.refs['text']).toMatchObject({ sequence: 2, expiresAt: 2_000 + 60_000 })
    expect(evolve(entity.model, unborn, entity.events).state).toEqual(entity.state)
  })

  it('begins a lifetime anew when an event sets the same value again', () => {
    const entity = open({ inlineMaxBytes: 10, ttlSeconds: 60 })
    entity.apply(update({ text: long }))
    const before = entity.state.refs['text']
    entity.apply(update({ text: long }))
    expect(entity.state.refs['text']).toEqual({ ...before, sequence: 3, expiresAt: 63_000 })
  })

  it('drops the reference of a superseded value', () => {
    const entity = open({ inlineMaxBytes: 10 })
    entity.apply(update({ text: long }))
    entity.apply(act('Close'))
    expect(entity.state.refs).toEqual({})
    expect(entity.state.fields).toMatchObject({ text: 'done', status: 'Closed' })
  })

  it('hands out the contents that are still referenced, not those that were superseded', () => {
    const entity = open({ inlineMaxBytes: 10 })
    entity.apply(update({ text: `${long}1` }))
    entity.apply(update({ text: `${long}2` }))
    const { overflow } = evolve(entity.model, unborn, entity.events)
    expect(overflow.map(({ bytes }) => decodeContent(bytes))).toEqual([`${long}2`])
  })

  it('lets a list overflow, and goes on appending to it', () => {
    const entity = open({ inlineMaxBytes: 20 })
    for (const tag of ['first', 'second', 'third']) entity.apply(act('Tag', { tag }))
    expect(entity.state.lists['tags']).toEqual(['first', 'second', 'third'])
    expect(entity.state.refs['tags']).toMatchObject({ sequence: 4, size: 26 })
    expect(entity.hydrated()['tags']).toEqual(['first', 'second', 'third'])
  })

  it('changes no list that an event or an earlier state holds, however it groups the events', () => {
    const entity = open({})
    entity.apply(act('Tag', { tag: 'a' }))
    const assigned = entity.apply(update({ tags: ['b'] }))
    entity.apply(act('Tag', { tag: 'c' }))
    const state = entity.state
    entity.apply(act('Tag', { tag: 'd' }))
    expect(evolve(entity.model, unborn, entity.events).state).toEqual(entity.state)
    expect(assigned).toMatchObject({ params: { tags: ['b'] }, effects: [['tags', '=', ['b']]] })
    expect(state.lists).toEqual({ tags: ['b', 'c'] })
    expect(entity.state.lists).toEqual({ tags: ['b', 'c', 'd'] })
  })

  it('sets the field of the status when the status changes, and not otherwise', () => {
    const entity = open({})
    const fields = entity.state.fields
    entity.apply(remove)
    expect(entity.state.fields).toBe(fields)
    expect(entity.state.status).toBe('Open')
  })
})

describe('the value that an event gave a field', () => {
  it('is found whichever way the event holds it', () => {
    const entity = open({ inlineMaxBytes: 10 })
    const updated = entity.apply(update({ text: long, other: { a: 1 } }))
    const closed = entity.apply(act('Close'))
    expect(fieldValueOfEvent(entity.model, updated, 'text', entity.state)).toBe(long)
    expect(fieldValueOfEvent(entity.model, updated, 'other', entity.state)).toEqual({ a: 1 })
    expect(fieldValueOfEvent(entity.model, closed, 'text', entity.state)).toBe('done')
    expect(fieldValueOfEvent(entity.model, closed, 'status', entity.state)).toBe('Closed')
    expect(fieldValueOfEvent(entity.model, closed, 'other', entity.state)).toBeUndefined()
  })

  it('of a list is that of the state, for an event knows only what was added', () => {
    const entity = open({ inlineMaxBytes: 10 })
    entity.apply(act('Tag', { tag: 'first' }))
    const event = entity.apply(act('Tag', { tag: 'second' }))
    expect(fieldValueOfEvent(entity.model, event, 'tags', entity.state)).toEqual(['first', 'second'])
  })

  it('is not there when the journal holds a reference only', () => {
    const entity = open({ inlineMaxBytes: 10, journal: 'ref' })
    entity.apply(update({ text: long }))
    const [, journalled] = entity.journal
    expect(journalled && fieldValueOfEvent(entity.model, journalled, 'text', entity.state)).toBeUndefined()
  })
})
