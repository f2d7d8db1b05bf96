import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson, fitsWithin, jsonSize } from '@perdure/core'
import { anyJson, anyString } from '../helpers/arbitrary-json.ts'

it('counts the UTF-8 bytes of canonical JSON', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(jsonSize(value)).toBe(new TextEncoder().encode(canonicalJson(value)).length)
    }),
  )
})

it('fits exactly the ceilings that are at least its size', () => {
  const near = fc.integer({ min: -3, max: 3 })
  fc.assert(
    fc.property(fc.oneof(anyJson, anyString), near, fc.nat(), (value, offset, anywhere) => {
      const size = jsonSize(value)
      for (const ceiling of [size + offset, anywhere, size * 3, size * 6])
        expect(fitsWithin(value, ceiling)).toBe(size <= ceiling)
    }),
    { numRuns: 500 },
  )
})
