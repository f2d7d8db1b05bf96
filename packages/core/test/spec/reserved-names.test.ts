import { describe, expect, it } from 'vitest'
import { isReservedActionName, isReservedFieldName, zeroOf } from '@perdure/core'

describe('reserved names', () => {
  it.each(['Id', 'Status', 'id', 'status', 'Deleted', '_x', '_', '__proto__', 'constructor', 'prototype'])(
    'lets no field be called %s',
    (name) => expect(isReservedFieldName(name)).toBe(true),
  )

  it.each(['ID', 'deleted', 'x_', 'toString', 'then', 'status2'])('lets a field be called %s', (name) =>
    expect(isReservedFieldName(name)).toBe(false),
  )

  it('keeps the names of the events that no spec declares from actions', () => {
    for (const name of ['Created', 'Deleted', 'FieldsUpdated', '__proto__', 'constructor', 'prototype'])
      expect(isReservedActionName(name)).toBe(true)
    expect(isReservedActionName('Create')).toBe(false)
  })
})

describe('the zero of a type', () => {
  it('is what its variables hold when nothing else is said', () => {
    expect([zeroOf('string'), zeroOf('int'), zeroOf('number'), zeroOf('counter')]).toEqual(['', 0, 0, 0])
    expect([zeroOf('bool'), zeroOf('list'), zeroOf('set')]).toEqual([false, [], []])
    expect([zeroOf('json'), zeroOf('ref')]).toEqual([null, null])
  })
})
