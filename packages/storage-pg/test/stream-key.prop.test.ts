import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamKey } from '../src/stream-key.ts'

describe('stream key', () => {
  it('is stored in every row of every database, and must never change', () => {
    expect(streamKey({ tenant: 'default', type: 'Session', id: 's-1' })).toBe(
      '76b0dd36-5ca0-ee62-bdd9-1fa9211119c8',
    )
  })

  it('tells entities apart whose names would be equal when joined', () => {
    const name = fc.constantFrom('a', 'b', 'ab', '', '"', '","', 'a","b', '\\', '\ud800', '\ufffd')
    const entity = fc.record({ tenant: name, type: name, id: name })
    fc.assert(
      fc.property(entity, entity, (one, other) => {
        const same = one.tenant === other.tenant && one.type === other.type && one.id === other.id
        expect(streamKey(one) === streamKey(other)).toBe(same)
      }),
      { numRuns: 2_000 },
    )
  })
})
