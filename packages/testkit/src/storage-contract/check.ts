// Comparisons the cases make. They hold storages to values, not to representations: key order, prototypes and the kind of
// byte array are free.
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { canonicalJson, isPerdureError } from '@perdure/core'
import type { CommitResult, JsonValue, StorageErrorCode } from '@perdure/core'

/** Fails unless both have the same canonical JSON. `undefined` is equal to itself only. */
export function sameJson(actual: unknown, expected: unknown, what: string): void {
  assert.equal(textOf(actual), textOf(expected), what)
}

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item) ?? 'undefined').join(',')}]`
  return value === undefined ? undefined : canonicalJson(value as JsonValue)
}

/** Fails unless both are byte arrays of the same bytes. */
export function sameBytes(actual: Uint8Array | undefined, expected: Uint8Array, what: string): void {
  assert.ok(actual, `${what}: nothing found`)
  assert.ok(
    Buffer.from(actual).equals(expected),
    `${what}: ${actual.length} bytes differ from ${expected.length}`,
  )
}

/** The position of a unit that must have been committed. */
export function committed(result: CommitResult | undefined): bigint {
  assert.ok(result?.kind === 'committed', `the unit should be committed, but it is ${describe(result)}`)
  return result.firstPosition
}

/** Fails unless the unit is a conflict with this version found. */
export function conflicted(result: CommitResult | undefined, actualVersion: number): void {
  assert.ok(result?.kind === 'conflict', `the unit should be a conflict, but it is ${describe(result)}`)
  assert.equal(result.actualVersion, actualVersion, 'the version found')
}

/** Fails unless the unit is refused with `unit_refused`. */
export function refused(result: CommitResult | undefined): void {
  assert.ok(result?.kind === 'refused', `the unit should be refused, but it is ${describe(result)}`)
  assert.equal(result.error.code, 'unit_refused')
}

function describe(result: CommitResult | undefined): string {
  if (result === undefined) return 'without a result'
  switch (result.kind) {
    case 'committed':
      return `committed at position ${result.firstPosition}`
    case 'conflict':
      return `a conflict with version ${result.actualVersion}`
    case 'refused':
      return `refused (${result.error.message})`
  }
}

/** Fails unless the promise rejects with this code. */
export async function rejectsWith(
  promise: Promise<unknown>,
  code: StorageErrorCode,
  what: string,
): Promise<void> {
  const outcome: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error ?? 'rejected with nothing',
  )
  assert.ok(outcome !== undefined, `${what} should reject with '${code}', but it resolves`)
  assert.ok(
    isPerdureError(outcome, code),
    `${what} should reject with '${code}', but it rejects with ${inspect(outcome)}`,
  )
}
