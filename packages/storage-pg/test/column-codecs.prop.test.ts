import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoderOf, encodeParameter } from '../src/connect/column-codecs.ts'

const oids = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int4: 23,
  text: 25,
  textArray: 1009,
  int4Array: 1007,
  int8Array: 1016,
}

const int8 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const int4 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const text = fc.string({ unit: 'binary' })

describe('column codecs', () => {
  it.each([
    ['int8', oids.int8, int8],
    ['int4', oids.int4, int4],
    ['text', oids.text, text],
    ['int4[]', oids.int4Array, fc.array(int4)],
    ['int8[]', oids.int8Array, fc.array(int8)],
    ['text[]', oids.textArray, fc.array(fc.option(text))],
  ])('decode what they encode: %s', (_, oid, values) => {
    fc.assert(
      fc.property(values as fc.Arbitrary<unknown>, (value) => {
        expect(decoderOf(oid)(String(encodeParameter(value)))).toEqual(value)
      }),
    )
  })

  it('decode bytes from the hex that the server sends', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decoderOf(oids.bytea)(`\\x${Buffer.from(bytes).toString('hex')}`)).toEqual(Buffer.from(bytes))
      }),
    )
  })

  it('hand bytes on without a copy', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
    const encoded = encodeParameter(bytes)
    expect(encoded).toEqual(Buffer.from([2, 3]))
    expect((encoded as Buffer).buffer).toBe(bytes.buffer)
  })

  it('send nothing as null, alone and in arrays', () => {
    expect(encodeParameter(undefined)).toBeNull()
    expect(encodeParameter(null)).toBeNull()
    expect(encodeParameter([1, undefined, null])).toBe('{1,NULL,NULL}')
  })

  it('tell the text NULL from nothing', () => {
    expect(encodeParameter(['NULL', null])).toBe('{"NULL",NULL}')
  })

  it('refuse what no column holds', () => {
    expect(() => encodeParameter(() => 1)).toThrow(TypeError)
    expect(() => encodeParameter([{}])).toThrow(TypeError)
  })
})
