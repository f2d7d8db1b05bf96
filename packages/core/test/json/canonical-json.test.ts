import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@perdure/core'

/** RFC 8785, appendix B: the bits of an IEEE 754 double, and its text. */
const numbers: readonly (readonly [bits: string, text: string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
]

describe('canonical JSON', () => {
  it.each(numbers)('writes the double %s as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
  })

  it('writes the sample of RFC 8785 as the RFC does', () => {
    const sample: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalJson(sample as never)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('sorts keys by UTF-16 code units, not by code points and not by locale', () => {
    const text = canonicalJson({
      '€': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '😀': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
    })
    expect(Object.values(JSON.parse(text) as Record<string, string>)).toHaveLength(7)
    expect([...text.matchAll(/:"([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
    expect(canonicalJson({ sin: 4, péché: 2, peach: 1, pêche: 3 })).toBe(
      '{"peach":1,"péché":2,"pêche":3,"sin":4}',
    )
  })

  it('sorts on every level and puts digits in order of their text', () => {
    expect(canonicalJson({ b: [{ z: 1, y: 2 }], a: { 10: null, 9: null } })).toBe(
      '{"a":{"10":null,"9":null},"b":[{"y":2,"z":1}]}',
    )
  })

  it('escapes what JSON must, in the short form where there is one, and nothing else', () => {
    expect(canonicalJson('\b\t\n\f\r"\\/\u007f\u2028é')).toBe('"\\b\\t\\n\\f\\r\\"\\\\/\u007f\u2028é"')
    expect(canonicalJson('\0\u001f')).toBe(String.raw`"\u0000\u001f"`)
  })

  it('keeps a lone surrogate as an escape, in values and in keys', () => {
    expect(canonicalJson({ '\udc00': 'a\ud800b' })).toBe(String.raw`{"\udc00":"a\ud800b"}`)
  })

  it('puts an own __proto__ member in order too', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}') as never)).toBe(
      '{"__proto__":{"a":2,"z":1},"b":1}',
    )
  })

  it('writes an own __proto__ member like any other', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"admin":true},"a":1}') as never)).toBe(
      '{"__proto__":{"admin":true},"a":1}',
    )
  })
})
