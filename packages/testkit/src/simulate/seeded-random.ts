// Chance that can be repeated.
import type { Random } from '@perdure/core'

/** Uniform numbers in [0, 1) that depend on the seed alone. Source: Tommy Ettinger's mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return {
    next: () => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
  }
}

/** One number in [0, 1) for a seed and a place: the same whatever was asked for before. */
export function chanceAt(seed: number, ...place: readonly number[]): number {
  const mixed = place.reduce((hash, part) => Math.imul(hash ^ part, 0x9e3779b1) ^ (hash >>> 13), seed | 0)
  return seededRandom(mixed).next()
}
