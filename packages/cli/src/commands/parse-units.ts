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

/** An amount of bytes: `1000000`, `500MiB`, `10 GB`. */
export function byteCount(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? []
  const value = Math.round(Number(digits === '' ? NaN : digits) * (byteUnits[unit.toLowerCase()] ?? NaN))
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be an amount of bytes, such as 500000, 200MiB or 10GB.')
}

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(['k', 'm', 'g', 't'].map((letter, index) => [`${letter}b`, 1000 ** (index + 1)])),
  ...Object.fromEntries(['k', 'm', 'g', 't'].map((letter, index) => [`${letter}ib`, 1024 ** (index + 1)])),
}

/** A span of time in milliseconds: `90d`, `12h`, `30m`, `45s`, `500ms`, `0`. */
export function duration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d|w|)$/.exec(text) ?? []
  const value = Math.round(Number(digits === '' ? NaN : digits) * (timeUnits[unit] ?? NaN))
  if (Number.isSafeInteger(value) && (unit !== '' || value === 0)) return value
  throw new InvalidArgumentError('It must be a span of time with its unit, such as 90d, 12h, 30m or 45s.')
}

const timeUnits: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
