import { describe, expect, it } from 'vitest'
import {
  canonicalJson,
  decodeContent,
  defaultInlineMaxBytes,
  encodeContent,
  hashContent,
} from '@perdure/core'
import type { JsonValue } from '@perdure/core'
import { overflowContent } from '../../src/fields/overflow.ts'

const ceiling = 131_072

/** A value of each shape whose canonical JSON has exactly so many bytes. */
const shapes: Readonly<Record<string, (bytes: number) => JsonValue>> = {
  'an ASCII string': (bytes) => 'a'.repeat(bytes - 2),
  'a string of two-byte characters': (bytes) => 'é'.repeat(100) + 'a'.repeat(bytes - 202),
  'a string of three-byte characters': (bytes) => '€'.repeat(40_000) + 'a'.repeat(bytes - 120_002),
  'a string of surrogate pairs': (bytes) => '😀'.repeat(30_000) + 'a'.repeat(bytes - 120_002),
  'a string of short escapes': (bytes) => '\n'.repeat(60_000) + 'a'.repeat(bytes - 120_002),
  'a string of NULs': (bytes) => '\0'.repeat(20_000) + 'a'.repeat(bytes - 120_002),
  'a string of lone surrogates': (bytes) => '\ud800'.repeat(20_000) + 'a'.repeat(bytes - 120_002),
  'a list': (bytes) => ['a'.repeat(bytes - 6), 1],
  'a list of many items': (bytes) => [
    'a'.repeat(bytes - 4 - 60_000),
    ...Array.from({ length: 30_000 }, () => 7),
  ],
  'an object': (bytes) => ({ z: 'a'.repeat(bytes - 15), é: 1 }),
}

describe('the ceiling of a field', () => {
  it('is 131,072 bytes by default', () => {
    expect(defaultInlineMaxBytes).toBe(ceiling)
  })

  it.each(Object.entries(shapes))('is inclusive and counts the UTF-8 bytes of %s', (_, make) => {
    for (const [bytes, overflows] of [
      [ceiling - 1, false],
      [ceiling, false],
      [ceiling + 1, true],
    ] as const) {
      const value = make(bytes)
      expect(Buffer.byteLength(canonicalJson(value))).toBe(bytes)
      const content = overflowContent(value, ceiling)
      expect(content !== undefined).toBe(overflows)
      if (content !== undefined) expect(content.size).toBe(bytes)
    }
  })

  it('never moves numbers, booleans and null out, not even a ceiling of 0', () => {
    for (const value of [0, -1.5e300, Number.MAX_SAFE_INTEGER, true, false, null])
      expect(overflowContent(value, 0)).toBeUndefined()
    for (const value of ['', [], {}]) expect(overflowContent(value, 0)?.size).toBe(2)
  })

  it('names content by the SHA-256 of its canonical JSON', () => {
    // The literal digests were taken with sha256sum.
    expect(encodeContent({ b: 1, a: 'é' }).hash).toBe(hashContent('{"a":"é","b":1}'))
    expect(encodeContent('abc').hash).toBe('6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25')
    expect(hashContent('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  it('reads content back from a view into a larger buffer', () => {
    const { bytes } = encodeContent({ a: ['\ud800', '\0', '😀'] })
    const larger = new Uint8Array(bytes.length + 20)
    larger.set(bytes, 7)
    expect(decodeContent(larger.subarray(7, 7 + bytes.length))).toEqual({ a: ['\ud800', '\0', '😀'] })
  })
})
