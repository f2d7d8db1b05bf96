import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '@perdure/core'
import { anyJson, reordered } from '../helpers/arbitrary-json.ts'

it('is read back by JSON.parse as the value it was made from', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(isDeepStrictEqual(JSON.parse(canonicalJson(value)), value)).toBe(true)
    }),
  )
})

it('gives equal values equal text, whatever the order of their members', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(canonicalJson(reordered(value))).toBe(canonicalJson(value))
    }),
  )
})

it('gives values that differ text that differs', () => {
  fc.assert(
    fc.property(anyJson, anyJson, (left, right) => {
      expect(canonicalJson(left) === canonicalJson(right)).toBe(isDeepStrictEqual(left, right))
    }),
  )
})
