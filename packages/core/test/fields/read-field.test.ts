import { describe, expect, it } from 'vitest'
import { FieldUnavailable, fieldBytes, fieldText, isPerdureError, locateField, unborn } from '@perdure/core'

const ref = { hash: 'h', size: 9, sequence: 1 }
const state = {
  ...unborn,
  fields: { text: 'a', nothing: null },
  refs: { big: ref, brief: { ...ref, expiresAt: 50 } },
}

describe('locating a field', () => {
  it('tells inline, blob, expired and unset apart', () => {
    expect(locateField(state, 'text', 0)).toEqual({ kind: 'inline', value: 'a' })
    expect(locateField(state, 'nothing', 0)).toEqual({ kind: 'inline', value: null })
    expect(locateField(state, 'big', Number.MAX_SAFE_INTEGER)).toEqual({ kind: 'blob', ref })
    expect(locateField(state, 'toString', 0)).toEqual({ kind: 'unset' })
  })

  it('holds a reference expired from the very millisecond it ends at', () => {
    expect(locateField(state, 'brief', 49).kind).toBe('blob')
    expect(locateField(state, 'brief', 50).kind).toBe('expired')
  })
})

describe('the bytes of a field', () => {
  it('are the UTF-8 of a string, nothing for null, and canonical JSON for anything else', () => {
    expect(fieldText('é"')).toBe('é"')
    expect(fieldBytes('é')).toEqual(Buffer.from([0xc3, 0xa9]))
    expect(fieldText(null)).toBe('')
    expect(fieldText(undefined)).toBe('')
    expect(fieldText({ b: 1, a: [true] })).toBe('{"a":[true],"b":1}')
    expect(fieldText(0)).toBe('0')
  })
})

describe('a field whose content is gone', () => {
  it('is an error that names entity, field and reason', () => {
    const cause = new Error('disk')
    const error = new FieldUnavailable('Thing/t-1', 'big', 'expired', cause)
    expect(isPerdureError(error, 'field_unavailable')).toBe(true)
    expect(error).toMatchObject({ reason: 'expired', cause, details: { entity: 'Thing/t-1', field: 'big' } })
    expect(error.message).toBe(
      'Thing/t-1: field "big" cannot be read: its lifetime (overflow_ttl_seconds) is over',
    )
  })
})
