// One value against its ceiling: inline, or content-addressed. Pure; the bytes are the caller's to store.
import { canonicalJson } from '../json/canonical-json.ts'
import { sizeBound } from '../json/json-size.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { BlobWrite } from './blob-ref.ts'
import type { FieldPolicies } from './field-policy.ts'
import { hashContent } from './content-hash.ts'

/**
 * Whether a value may leave the state for a blob. Numbers, booleans and null never do: a reference to one is larger
 * than the thing itself, and guards compare them.
 */
export function canOverflow(value: JsonValue): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
}

/**
 * Whether a value stays inline whatever its bytes turn out to be: a UTF-16 unit takes at most 6 of them (an escape).
 * Answers at once; false says only that the value has to be measured.
 */
export function surelyFits(value: JsonValue, field: string, policies: FieldPolicies): boolean {
  if (!canOverflow(value)) return true
  const { inlineMaxBytes } = policies(field)
  return typeof value === 'string' ? value.length * 6 + 2 <= inlineMaxBytes : inlineMaxBytes === Infinity
}

/** The value as content, if its canonical JSON is over the ceiling; undefined when it stays inline. */
export function overflowContent(value: JsonValue, inlineMaxBytes: number): BlobWrite | undefined {
  if (!canOverflow(value) || sizeBound(value, inlineMaxBytes) <= inlineMaxBytes) return undefined
  const text = canonicalJson(value)
  // A UTF-16 unit takes a byte at least: what is far over the ceiling is not counted first.
  if (text.length <= inlineMaxBytes && Buffer.byteLength(text) <= inlineMaxBytes) return undefined
  return asContent(text)
}

/** A value as content-addressed bytes. */
export function encodeContent(value: JsonValue): BlobWrite {
  return asContent(canonicalJson(value))
}

function asContent(text: string): BlobWrite {
  const bytes = Buffer.from(text, 'utf8')
  return { hash: hashContent(bytes), size: bytes.length, bytes }
}

/** The value that content holds; the inverse of `encodeContent`. @throws SyntaxError if the bytes are not JSON */
export function decodeContent(bytes: Uint8Array): JsonValue {
  return JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
  ) as JsonValue
}
