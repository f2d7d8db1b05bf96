import { describe, expect, it } from 'vitest'
import { diffRefs } from '@perdure/core'
import type { BlobRef } from '@perdure/core'

const ref = (hash: string, sequence: number, expiresAt?: number): BlobRef =>
  expiresAt === undefined ? { hash, size: 9, sequence } : { hash, size: 9, sequence, expiresAt }

describe('the difference between two sets of references', () => {
  it('is nothing when nothing changed', () => {
    const refs = { a: ref('h1', 1) }
    expect(diffRefs(refs, refs)).toEqual({ claims: [], releases: [] })
    expect(diffRefs(refs, { a: ref('h1', 1) })).toEqual({ claims: [], releases: [] })
  })

  it('claims what is new and releases what is gone, a field at a time', () => {
    expect(diffRefs({ a: ref('h1', 1), b: ref('h2', 1) }, { b: ref('h2', 1), c: ref('h1', 2, 9) })).toEqual({
      claims: [{ field: 'c', hash: 'h1', expiresAt: 9 }],
      releases: [{ field: 'a', hash: 'h1' }],
    })
  })

  it('releases the old content and claims the new when a field changes hands', () => {
    expect(diffRefs({ a: ref('h1', 1) }, { a: ref('h2', 2) })).toEqual({
      claims: [{ field: 'a', hash: 'h2' }],
      releases: [{ field: 'a', hash: 'h1' }],
    })
  })

  it('claims the same content again when a later event set it, for its lifetime begins anew', () => {
    expect(diffRefs({ a: ref('h1', 1, 5) }, { a: ref('h1', 2, 10) })).toEqual({
      claims: [{ field: 'a', hash: 'h1', expiresAt: 10 }],
      releases: [],
    })
    expect(diffRefs({ a: ref('h1', 1, 5) }, { a: ref('h1', 2) }).claims).toEqual([{ field: 'a', hash: 'h1' }])
  })
})
