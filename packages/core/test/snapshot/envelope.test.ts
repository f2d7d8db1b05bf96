import { describe, expect, it } from 'vitest'
import { decodeSnapshot, encodeSnapshot, hashContent, snapshotFormat, unborn } from '@perdure/core'
import type { EntityState } from '@perdure/core'

const identity = { type: 'Thing', specHash: 'abc' }
const state: EntityState = {
  ...unborn,
  status: 'Open',
  version: 7,
  counters: { turns: 2 },
  lists: { tags: ['a'] },
  fields: { 'odd key': { a: ['\ud800', '\0'] } },
  refs: { big: { hash: 'h', size: 9, sequence: 3, expiresAt: 5 } },
  deletedAt: 9,
}
const record = encodeSnapshot(identity, state)

/** An envelope with a right checksum around whatever is given. */
function sealed(content: string) {
  return { ...record, bytes: Buffer.from(`${hashContent(content)}\n${content}`) }
}

describe('a snapshot envelope', () => {
  it('gives back the state that was put in', () => {
    expect(decodeSnapshot(identity, record)).toEqual({ kind: 'state', state })
    expect(record).toMatchObject({ sequence: 7, specHash: 'abc' })
  })

  it('gives it back from a view into a larger buffer', () => {
    const larger = new Uint8Array(record.bytes.length + 9)
    larger.set(record.bytes, 4)
    const bytes = larger.subarray(4, 4 + record.bytes.length)
    expect(decodeSnapshot(identity, { ...record, bytes })).toEqual({ kind: 'state', state })
  })

  it('shows every flipped bit', () => {
    const small = encodeSnapshot(identity, { ...unborn, status: 'Open', version: 1 })
    const survived: number[] = []
    for (let bit = 0; bit < small.bytes.length * 8; bit++) {
      const bytes = Uint8Array.from(small.bytes)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const decoded = decodeSnapshot(identity, { ...small, bytes })
      if (decoded.kind !== 'unusable' || decoded.reason !== 'corrupt') survived.push(bit)
    }
    expect(survived).toEqual([])
  })

  it('shows every cut and every added byte', () => {
    for (let length = 0; length < record.bytes.length; length++) {
      const decoded = decodeSnapshot(identity, { ...record, bytes: record.bytes.subarray(0, length) })
      expect(decoded).toEqual({ kind: 'unusable', reason: 'corrupt' })
    }
    const longer = Buffer.concat([record.bytes, Buffer.from(' ')])
    expect(decodeSnapshot(identity, { ...record, bytes: longer }).kind).toBe('unusable')
  })

  it('is not used for another spec or another type', () => {
    expect(decodeSnapshot({ ...identity, specHash: 'xyz' }, record)).toEqual({
      kind: 'unusable',
      reason: 'other_spec',
    })
    expect(decodeSnapshot({ ...identity, type: 'Other' }, record)).toEqual({
      kind: 'unusable',
      reason: 'other_type',
    })
  })

  it('is not used when its row claims another sequence than it has', () => {
    expect(decodeSnapshot(identity, { ...record, sequence: 8 })).toEqual({
      kind: 'unusable',
      reason: 'corrupt',
    })
  })

  it('is not used when a later version wrote it, whatever its body is', () => {
    const header = { format: snapshotFormat + 1, ...identity, sequence: 7, codec: 'json' }
    expect(decodeSnapshot(identity, sealed(`${JSON.stringify(header)}\n\xff`))).toEqual({
      kind: 'unusable',
      reason: 'unknown_format',
    })
    const codec = { ...header, format: snapshotFormat, codec: 'zstd' }
    expect(decodeSnapshot(identity, sealed(`${JSON.stringify(codec)}\n\xff`))).toMatchObject({
      reason: 'unknown_format',
    })
  })

  it.each(['', 'null', '{', '\n', 'not json\nat all', '{"format":1,"codec":"json"}'])(
    'never throws: %j under a right checksum is unusable',
    (content) => {
      expect(decodeSnapshot(identity, sealed(content)).kind).toBe('unusable')
    },
  )

  it('never throws when only the body is no state', () => {
    const header = { format: snapshotFormat, ...identity, sequence: 7, codec: 'json' }
    expect(decodeSnapshot(identity, sealed(`${JSON.stringify(header)}\n{"status":`))).toEqual({
      kind: 'unusable',
      reason: 'corrupt',
    })
  })
})
