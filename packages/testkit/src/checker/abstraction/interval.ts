// Ranges of numbers and the arithmetic on them. A point is exact; a tail such as `[6, ∞)` stands for all that is beyond
// what the spec compares with. Ends may be open, for `number` variables have values between any two.
import { truthOf } from './truth.ts'
import type { Truth } from './truth.ts'

/** The numbers from `low` to `high`. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly isLowOpen: boolean
  readonly isHighOpen: boolean
}

/** Both ends belong to it; an infinite end never does. */
export function closed(low: number, high: number): Interval {
  return { low, high, isLowOpen: false, isHighOpen: false }
}

/** Neither end belongs to it. */
export function open(low: number, high: number): Interval {
  return { low, high, isLowOpen: true, isHighOpen: true }
}

/** Exactly one number; `-0` is `0`. */
export function point(value: number): Interval {
  return closed(value + 0, value + 0)
}

/** Whether the interval is one number. */
export function isPoint({ low, high }: Interval): boolean {
  return low === high
}

/** Whether a number lies in it. */
export function includes(interval: Interval, value: number): boolean {
  const { low, high, isLowOpen, isHighOpen } = interval
  return (isLowOpen ? value > low : value >= low) && (isHighOpen ? value < high : value <= high)
}

/** Whether some number lies in both. */
export function overlaps(left: Interval, right: Interval): boolean {
  return isBefore(left, right) !== 'true' && isBefore(right, left) !== 'true'
}

/** All sums of a number of each. */
export function add(left: Interval, right: Interval): Interval {
  return {
    low: left.low + right.low,
    high: left.high + right.high,
    isLowOpen: left.isLowOpen || right.isLowOpen,
    isHighOpen: left.isHighOpen || right.isHighOpen,
  }
}

/** All negatives. */
export function negate({ low, high, isLowOpen, isHighOpen }: Interval): Interval {
  return { low: 0 - high, high: 0 - low, isLowOpen: isHighOpen, isHighOpen: isLowOpen }
}

/** What lies below zero becomes zero, as counters have it. */
export function stopAtZero(interval: Interval): Interval {
  const { low, high, isLowOpen, isHighOpen } = interval
  if (low >= 0) return interval
  if (high < 0 || (high === 0 && isHighOpen)) return point(0)
  return { low: 0, high, isLowOpen: isLowOpen && low === 0, isHighOpen }
}

/** The part that is not below zero; undefined when there is none. */
export function notBelowZero(interval: Interval): Interval | undefined {
  if (interval.high < 0 || (interval.high === 0 && interval.isHighOpen)) return undefined
  return interval.low >= 0 ? interval : { ...interval, low: 0, isLowOpen: false }
}

/** `left < right` of every pair, of none, of some. */
export function isBefore(left: Interval, right: Interval): Truth {
  if (left.high < right.low) return 'true'
  if (left.high === right.low && (left.isHighOpen || right.isLowOpen)) return 'true'
  return left.low >= right.high ? 'false' : 'unknown'
}

/** `left <= right` of every pair, of none, of some. */
export function isAtMost(left: Interval, right: Interval): Truth {
  if (left.high <= right.low) return 'true'
  if (left.low > right.high) return 'false'
  return left.low === right.high && (left.isLowOpen || right.isHighOpen) ? 'false' : 'unknown'
}

/** `left === right` of every pair, of none, of some. */
export function isSameNumber(left: Interval, right: Interval): Truth {
  if (isPoint(left) && isPoint(right)) return truthOf(left.low === right.low)
  return overlaps(left, right) ? 'unknown' : 'false'
}
