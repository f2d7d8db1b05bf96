// How a state is packed: the cells of its slots as digits of a mixed-radix number, two numbers when one is not enough.
// Slot 0 is the status. Because packing is linear, a step is an addition.
import type { ValueType } from '@perdure/core'
import type { Domain } from './domain.ts'

/** A variable or field that is kept. */
export interface Slot {
  readonly name: string
  readonly type: ValueType
  /** No variable: it is set by params of its name only. */
  readonly isField: boolean
  readonly domain: Domain
}

/** Where each slot's digit is. */
export interface Layout {
  readonly statuses: readonly string[]
  readonly slots: readonly Slot[]
  /** Cells of each digit; the status first. */
  readonly radices: readonly number[]
  /** Value of one unit of each digit, in the low and in the high word. One of the two is 0. */
  readonly lowWeights: readonly number[]
  readonly highWeights: readonly number[]
  readonly isWide: boolean
  /** Digits by slot name. */
  readonly digits: ReadonlyMap<string, number>
}

/** A state as one number, or two. */
export interface PackedState {
  readonly low: number
  readonly high: number
}

/** Lays the slots out; undefined when two words of 53 bits cannot hold them. */
export function layOut(statuses: readonly string[], slots: readonly Slot[]): Layout | undefined {
  const radices = [statuses.length, ...slots.map(({ domain }) => domain.values.length)]
  const lowWeights: number[] = []
  const highWeights: number[] = []
  let [low, high] = [1, 1]
  for (const radix of radices) {
    if (high === 1 && low * radix <= Number.MAX_SAFE_INTEGER) {
      lowWeights.push(low)
      highWeights.push(0)
      low *= radix
    } else {
      lowWeights.push(0)
      highWeights.push(high)
      high *= radix
    }
  }
  if (high > Number.MAX_SAFE_INTEGER) return undefined
  const digits = new Map(slots.map(({ name }, index) => [name, index + 1]))
  return { statuses, slots, radices, lowWeights, highWeights, isWide: high > 1, digits }
}

/** Packs cells, the status first. */
export function pack({ lowWeights, highWeights }: Layout, cells: ArrayLike<number>): PackedState {
  let [low, high] = [0, 0]
  for (let digit = 0; digit < lowWeights.length; digit++) {
    const cell = cells[digit] ?? 0
    low += cell * (lowWeights[digit] ?? 0)
    high += cell * (highWeights[digit] ?? 0)
  }
  return { low, high }
}

/** Makes a function that unpacks into an array it is given. A hot path: three in four of its cycles are the division. */
export function makeUnpack({
  radices,
  highWeights,
}: Layout): (low: number, high: number, into: Int32Array) => void {
  const sizes = Float64Array.from(radices)
  const count = radices.length
  const firstHigh = highWeights.findIndex((weight) => weight > 0)
  const inLow = firstHigh === -1 ? count : firstHigh
  return (low, high, into) => {
    let rest = low
    for (let digit = 0; digit < inLow; digit++) {
      const size = sizes[digit] as number
      const next = Math.floor(rest / size)
      into[digit] = rest - next * size
      rest = next
    }
    rest = high
    for (let digit = inLow; digit < count; digit++) {
      const size = sizes[digit] as number
      const next = Math.floor(rest / size)
      into[digit] = rest - next * size
      rest = next
    }
  }
}
