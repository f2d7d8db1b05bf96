// What a command came to, on its way back to the host that was asked, as text.
import { adoptJson } from '../json/adopt-json.ts'
import { defaultLimits } from '../json/limits.ts'
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import type { EntityEvent } from '../entity/event.ts'
import type { EntityState } from '../entity/entity-state.ts'
import type { PerdureError } from '../errors/perdure-error.ts'
import { isObject, parseObject, routedFormat } from './routed-command.ts'

/** An error as it crosses hosts: its code stays, and so does every fact about it that JSON can say. */
export interface RoutedError {
  /** Of the class, as in `ActionRejected`. */
  readonly name: string
  readonly code: string
  readonly message: string
  readonly details: JsonObject
  /** Its other properties. */
  readonly facts: JsonObject
  /** The message of its cause. */
  readonly cause?: string
}

/** What the host that had a command says of it. */
export type RoutedReply =
  /** It was carried out, now or earlier under the same key. */
  | { readonly kind: 'done'; readonly event: EntityEvent; readonly state: EntityState }
  /** It was refused, or failed. */
  | { readonly kind: 'failed'; readonly error: RoutedError }
  /** Certain: it was not carried out here, and will not be. Whoever was asked decides it himself. */
  | { readonly kind: 'declined'; readonly reason: string }
  /** It may have been carried out; nothing more can be said here. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** A reply as text. */
export function encodeRoutedReply(reply: RoutedReply): string {
  return JSON.stringify({ format: routedFormat, ...reply })
}

/** A reply from the text that `encodeRoutedReply` made; undefined when it is none, or of another format. */
export function decodeRoutedReply(text: string): RoutedReply | undefined {
  const read = parseObject(text)
  if (read?.['format'] !== routedFormat) return undefined
  const { format: _format, ...reply } = read
  return isReply(reply) ? (reply as unknown as RoutedReply) : undefined
}

/** An error as it crosses hosts. What JSON cannot say of it stays behind. */
export function routeError(error: PerdureError): RoutedError {
  const { name, code, message, details, cause, ...facts } = error
  return {
    name,
    code,
    message,
    details: sayable(details),
    facts: sayable(facts),
    ...(cause instanceof Error ? { cause: cause.message } : {}),
  }
}

function sayable(facts: object): JsonObject {
  const said: [string, JsonValue][] = []
  for (const [name, value] of Object.entries(facts)) {
    const adopted = adoptJson(value, defaultLimits.maxNestingDepth)
    if (adopted.ok) said.push([name, adopted.value])
  }
  return Object.fromEntries(said)
}

function isReply(reply: Record<string, unknown>): boolean {
  switch (reply['kind']) {
    case 'done':
      return isEvent(reply['event']) && isState(reply['state'])
    case 'failed':
      return isRoutedError(reply['error'])
    case 'declined':
    case 'unknown':
      return typeof reply['reason'] === 'string'
    default:
      return false
  }
}

function isRoutedError(value: unknown): boolean {
  if (!isObject(value)) return false
  const { name, code, message, details, facts } = value
  return (
    [name, code, message].every((text) => typeof text === 'string') && isObject(details) && isObject(facts)
  )
}

function isEvent(value: unknown): boolean {
  if (!isObject(value)) return false
  const { sequence, eventId, action, at, params, effects } = value
  const isNamed = typeof eventId === 'string' && typeof action === 'string'
  return (
    isNamed &&
    Number.isSafeInteger(sequence) &&
    Number.isSafeInteger(at) &&
    isObject(params) &&
    Array.isArray(effects)
  )
}

function isState(value: unknown): boolean {
  if (!isObject(value)) return false
  const { status, version, counters, numbers, booleans, lists, fields, refs } = value
  if (typeof status !== 'string' || !Number.isSafeInteger(version)) return false
  return [counters, numbers, booleans, lists, fields, refs].every(isObject)
}
