import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { adoptJson } from '@perdure/core'
import { anyJson } from '../helpers/arbitrary-json.ts'

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen)
}

it('accepts every JSON value as a frozen copy that is equal to it', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const result = adoptJson(value, 256)
      if (!result.ok) throw new Error(result.problem.reason)
      expect(isDeepStrictEqual(result.value, value)).toBe(true)
      expect(isDeepFrozen(result.value)).toBe(true)
      expect(typeof value === 'object' && value !== null && result.value === value).toBe(false)
    }),
  )
})

it('accepts what it made itself', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const once = adoptJson(value, 256)
      expect(once.ok && adoptJson(once.value, 256)).toEqual(once)
    }),
  )
})

it('accepts every value that survives JSON unchanged, and changes nothing in what it accepts', () => {
  fc.assert(
    fc.property(
      fc.anything({ withDate: true, withMap: true, withBigInt: true, withSparseArray: true }),
      (value) => {
        const survives = (() => {
          try {
            return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)
          } catch {
            return false
          }
        })()
        const result = adoptJson(value, 256)
        if (survives) expect(result.ok).toBe(true)
        if (result.ok) expect(JSON.stringify(result.value)).toBe(JSON.stringify(value))
      },
    ),
    { numRuns: 1_000 },
  )
})
