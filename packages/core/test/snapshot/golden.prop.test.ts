// What databases hold stays readable, and damage to it never passes for a state.
import { decodeSnapshot, encodeSnapshot, snapshotFormat } from '@perdure/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goldenSnapshots } from './golden/index.ts'

it('there is a golden snapshot of every format', () => {
  expect(goldenSnapshots.map(({ format }) => format)).toEqual(
    Array.from({ length: snapshotFormat }, (_, index) => index + 1),
  )
})

it('the format of today is written as the newest golden snapshot has it', () => {
  const newest = goldenSnapshots.at(-1)
  if (newest === undefined) throw new Error('there is none')
  const { bytes } = encodeSnapshot(newest.identity, newest.state)
  expect(Buffer.from(bytes).toString('latin1')).toBe(Buffer.from(newest.record.bytes).toString('latin1'))
})

describe.each(goldenSnapshots)('a stored snapshot of format $format', ({ identity, record, state }) => {
  const { bytes } = record

  it('gives the state that was put in', () => {
    expect(decodeSnapshot(identity, record)).toEqual({ kind: 'state', state })
  })

  it('shows every flipped bit', () => {
    const passed = Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => {
      const damaged = Uint8Array.from(bytes)
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return decodeSnapshot(identity, { ...record, bytes: damaged }).kind !== 'unusable'
    })
    expect(passed).toEqual([])
  })

  it('shows every truncation, at either end', () => {
    for (let length = 0; length < bytes.length; length++) {
      for (const cut of [bytes.subarray(0, length), bytes.subarray(bytes.length - length)])
        expect(decodeSnapshot(identity, { ...record, bytes: cut }).kind).toBe('unusable')
    }
  })

  it('shows any other damage, and never throws', () => {
    const splice = fc.tuple(fc.nat(bytes.length), fc.nat(bytes.length), fc.uint8Array({ maxLength: 64 }))
    fc.assert(
      fc.property(splice, ([from, count, inserted]) => {
        const damaged = Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + count)])
        fc.pre(!damaged.equals(bytes))
        expect(decodeSnapshot(identity, { ...record, bytes: damaged }).kind).toBe('unusable')
      }),
      { numRuns: 2_000 },
    )
  })
})
