// Cuts the number line where the spec looks: a saturating counter is the simplest case, `0, 1, …, K-1, [K, ∞)` with K
// one above the largest constant. Values in one piece are the same to every guard.
import { closed, open, point } from './interval.ts'
import type { Interval } from './interval.ts'

/** Which numbers are to be told apart. */
export interface NumberLine {
  /** Numbers that are compared with, assigned or initial. */
  readonly constants: readonly number[]
  /** Nothing lies below zero. */
  readonly isCounter: boolean
  readonly isInteger: boolean
  /** How far beyond the constants single numbers are told apart, less one: refinement makes it grow. */
  readonly margin: number
}

/** Longer stretches of single numbers are one piece each between constants. */
const maxSingleNumbers = 4096

/** The pieces, ascending; together they are the whole line. */
export function partitionNumbers(line: NumberLine): readonly Interval[] {
  const { constants, isCounter, margin } = line
  const known = [0, ...constants.filter((constant) => !isCounter || constant >= 0)]
  const low = isCounter ? 0 : Math.floor(Math.min(...known)) - 1 - margin
  const high = Math.ceil(Math.max(...known)) + 1 + margin
  const cuts =
    high - low <= maxSingleNumbers ? range(low, high) : aroundEach(known, margin + 1, isCounter, low, high)
  return line.isInteger
    ? integerPieces([...cuts].sort(ascending), isCounter)
    : realPieces([...new Set([...cuts, ...known])].sort(ascending))
}

function range(low: number, high: number): ReadonlySet<number> {
  return new Set(Array.from({ length: high - low + 1 }, (_, index) => low + index))
}

function aroundEach(
  known: readonly number[],
  distance: number,
  isCounter: boolean,
  low: number,
  high: number,
): ReadonlySet<number> {
  const near = known.flatMap((constant) =>
    [...range(Math.floor(constant) - distance, Math.ceil(constant) + distance)].filter(
      (value) => !isCounter || value >= 0,
    ),
  )
  return new Set([low, ...near, high])
}

/** The outermost cuts become tails. */
function integerPieces(cuts: readonly number[], isCounter: boolean): readonly Interval[] {
  const pieces: Interval[] = []
  const last = cuts.length - 1
  for (const [index, cut] of cuts.entries()) {
    const before = cuts[index - 1]
    if (before !== undefined && cut - before > 1) pieces.push(closed(before + 1, cut - 1))
    if (index === last) pieces.push(closed(cut, Infinity))
    else pieces.push(index === 0 && !isCounter ? closed(-Infinity, cut) : point(cut))
  }
  return pieces
}

/** Points at the cuts, open stretches between and beyond them. */
function realPieces(cuts: readonly number[]): readonly Interval[] {
  const pieces: Interval[] = []
  let before = -Infinity
  for (const cut of cuts) {
    pieces.push(open(before, cut), point(cut))
    before = cut
  }
  return [...pieces, open(before, Infinity)]
}

function ascending(left: number, right: number): number {
  return left - right
}
