// What options take besides words: counts, amounts of bytes, spans of time.
import { InvalidArgumentError } from 'commander'

/** A whole number above 0. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
