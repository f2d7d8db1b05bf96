// How values cross the wire, for both drivers alike: pg and PGlite decode int8, bytea and arrays differently by
// themselves. Everything travels as text, but for bytes, which each driver sends in its own way.

/** A value as a driver takes it: text, bytes or SQL's null. */
export type WireValue = string | Buffer | null

/** Encodes a parameter: numbers and bigints in decimal, booleans as t/f, times in UTC, arrays as array literals, bytes as they are. */
export function encodeParameter(value: unknown): WireValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (Array.isArray(value)) return encodeArray(value)
  return encodeScalar(value)
}

/** Decodes a column by its type's OID; types that are not in the table stay text. */
export function decoderOf(oid: number): (text: string) => unknown {
  return decoders[oid] ?? keepText
}

/** Bytes as a bytea literal. */
function encodeBytes(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

const keepText = (text: string): string => text
const decodeBigint = (text: string): bigint => BigInt(text)
const decodeNumber = (text: string): number => Number(text)

const decoders: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  17: (text) => Buffer.from(text.slice(2), 'hex'),
  20: decodeBigint,
  21: decodeNumber,
  23: decodeNumber,
  // json stays text: whoever reads a payload parses it, many at a time where that pays.
  114: keepText,
  3802: keepText,
  25: keepText,
  2950: keepText,
  1005: (text) => decodePlainArray(text, decodeNumber),
  1007: (text) => decodePlainArray(text, decodeNumber),
  1016: (text) => decodePlainArray(text, decodeBigint),
  2951: (text) => decodePlainArray(text, keepText),
  1009: decodeTextArray,
}

function encodeScalar(value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value.toString()
    case 'boolean':
      return value ? 't' : 'f'
    case 'object':
      // Only projections send them: times of the storage itself are numbers.
      if (value instanceof Date) return value.toISOString()
      throw new TypeError('an object cannot be sent; make it text with JSON.stringify')
    default:
      throw new TypeError(`a parameter of type ${typeof value} cannot be sent`)
  }
}

function encodeArray(values: readonly unknown[]): string {
  let literal = '{'
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) literal += ','
    literal += encodeElement(values[index])
  }
  return `${literal}}`
}

function encodeElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'string') return quoteElement(value)
  if (value instanceof Uint8Array) return quoteElement(encodeBytes(value))
  return encodeScalar(value)
}

function quoteElement(text: string): string {
  return `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`
}

/** Elements that are never quoted and never null: numbers, uuids. */
function decodePlainArray<Element>(text: string, decode: (element: string) => Element): Element[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(decode)
}

function decodeTextArray(text: string): (string | null)[] {
  const elements: (string | null)[] = []
  for (const [, quoted, plain] of text.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs)) {
    if (quoted !== undefined) elements.push(quoted.replaceAll(/\\(.)/gs, '$1'))
    else elements.push(plain === 'NULL' ? null : (plain ?? null))
  }
  return elements
}
