import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printLine, readLine } from '../../src/crash/protocol.ts'
import type { CrashLine } from '../../src/crash/protocol.ts'

const word = fc.stringMatching(/^[a-z0-9_-]+$/)
const line: fc.Arbitrary<CrashLine> = fc.oneof(
  fc.record({ kind: fc.constant('TRY' as const), id: word }),
  fc.record({ kind: fc.constant('ACK' as const), id: word, sequence: fc.nat() }),
  fc.record({ kind: fc.constant('NAK' as const), id: word, code: word }),
)

describe('a line', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(line, (each) => {
        expect(readLine(printLine(each))).toEqual(each)
      }),
    )
  })

  it('that a kill cut short is not taken for another one', () => {
    fc.assert(
      fc.property(line, fc.nat(), (each, cut) => {
        const text = printLine(each)
        const part = readLine(text.slice(0, cut % text.length))
        // An id that is cut names a command that nobody tried, or that was tried: never one that was acknowledged.
        if (part?.kind === 'ACK') expect(each).toMatchObject({ kind: 'ACK', id: part.id })
      }),
    )
  })

  it('of anything else says nothing', () => {
    for (const text of ['', 'hello', 'ACK', 'ACK c1 x', 'ACK c1', 'LOG c1 2'])
      expect(readLine(text)).toBeUndefined()
  })
})
