// What an opener that may not migrate says to a schema it finds.
import { describe, expect, it } from 'vitest'
import { refuseNewer, requireVersion } from '../src/schema/found-version.ts'

describe('opener that may not migrate', () => {
  it('takes a schema of exactly its own version', () => {
    expect(() => requireVersion(3, 'perdure', 3)).not.toThrow()
  })

  it.each([
    [0, 'schema_missing', { schema: 'perdure' }],
    [1, 'schema_outdated', { schema: 'perdure', found: 1, known: 3 }],
    [2, 'schema_outdated', { schema: 'perdure', found: 2, known: 3 }],
    [4, 'schema_too_new', { schema: 'perdure', found: 4, known: 3 }],
  ])('refuses version %i as %s', (found, code, details) => {
    expect(() => requireVersion(found, 'perdure', 3)).toThrow(expect.objectContaining({ code, details }))
  })
})

describe('opener that may migrate', () => {
  it.each([0, 1, 2, 3])('takes version %i', (found) => {
    expect(() => refuseNewer(found, 'perdure', 3)).not.toThrow()
  })
})
