import { contentsOfEvent, encodeContent } from '@perdure/core'
import type { EntityEvent } from '@perdure/core'
import { describe, expect, it } from 'vitest'

const event: EntityEvent = {
  tenant: 'default',
  type: 'Task',
  id: 't-1',
  sequence: 1,
  eventId: 'e',
  action: 'Created',
  from: '',
  to: 'New',
  params: { text: 'a text', list: [1, 2], count: 3, none: null },
  paramRefs: { large: { hash: 'a'.repeat(64), size: 5 } },
  effects: [
    ['note', 'field', 'initial'],
    ['tags', 'list', ['x']],
    ['answer', '=', { to: 'it' }],
    ['body', 'ref', { hash: 'b'.repeat(64), size: 6 }],
    ['turns', '+', 1],
    ['tags', 'append', 'y'],
  ],
  at: 1,
  specHash: 'spec',
  specVersion: 1,
}

describe('contentsOfEvent', () => {
  it('names what the event gave to fields, by value and by reference, and nothing that never overflows', () => {
    const values = ['a text', [1, 2], 'initial', ['x'], { to: 'it' }]
    expect([...contentsOfEvent(event)].sort()).toEqual(
      [...values.map((value) => encodeContent(value).hash), 'a'.repeat(64), 'b'.repeat(64)].sort(),
    )
  })

  it('names nothing of an event that gave nothing', () => {
    const { paramRefs: _, ...plain } = event
    expect(contentsOfEvent({ ...plain, params: {}, effects: [] })).toEqual([])
  })
})
