// What is thrown when a promise of the framework is broken: a plain sentence, and both sides of a comparison.
import { inspect } from 'node:util'
import { canonicalJson } from '@perdure/core'
import type { EntityState, JsonValue } from '@perdure/core'

/** A promise was broken. */
export class Violation extends Error {
  override readonly name: string = 'Violation'
}

/** @throws Violation unless it is so */
export function demand(isSo: boolean, what: string | (() => string)): asserts isSo {
  if (!isSo) throw new Violation(typeof what === 'string' ? what : what())
}

/** Anything at all in a message: an error by its name and message, a value as JSON, cut short. */
export function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return (JSON.stringify(value) ?? 'nothing').slice(0, 120)
}

/** A value as text that is equal exactly when the value is: keys sorted, `-0` as `0`, what is undefined left out. */
export function textOf(value: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as JsonValue)
}

/** A state as such a text, whether it is a plain one or a view that prints itself. */
export function stateText(state: Omit<EntityState, 'fields' | 'status'>): string {
  return textOf({ ...state })
}

/** @throws Violation unless both have the same text */
export function demandSame(actual: unknown, expected: unknown, what: string): void {
  const [seen, wanted] = [textOf(actual), textOf(expected)]
  demand(seen === wanted, () => `${what}: ${difference(seen, wanted)}`)
}

/** The first place where two texts differ, with what is around it. */
function difference(seen: string, wanted: string): string {
  let at = 0
  while (at < seen.length && seen[at] === wanted[at]) at++
  const from = Math.max(at - 40, 0)
  const cut = (text: string): string => inspect(text.slice(from, at + 80))
  return `is ${cut(seen)}, and should be ${cut(wanted)}`
}
