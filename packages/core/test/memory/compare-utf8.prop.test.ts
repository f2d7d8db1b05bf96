import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareUtf8 } from '../../src/memory/compare-utf8.ts'

it('orders well-formed strings as their UTF-8 bytes', () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '\ue000', '\uffff', '😀', '𝒳', ''))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, (left, right) => {
      const expected = Buffer.compare(Buffer.from(left), Buffer.from(right))
      expect(Math.sign(compareUtf8(left, right))).toBe(expected)
    }),
  )
})
