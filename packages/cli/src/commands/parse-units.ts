// What options take besides words: counts, amounts of bytes, spans of time.
import { InvalidArgumentError } from 'commander'

/** A whole number above 0. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a whole number above 0.')
}

/** A share from 0 to 1: `0.1` or `10%`. */
export function share(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  const value = Number(parts?.[1]) / (parts?.[2] === '%' ? 100 : 1)
  if (value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a share from 0 to 1, such as 0.1 or 10%.')
}
