// Abstract value → real values that it stands for, the likeliest first. Fresh texts are numbered, so that two of them
// never meet by accident.
import type { JsonValue, Literal, ValueType } from '@perdure/core'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import { includes } from '../abstraction/interval.ts'
import type { Interval } from '../abstraction/interval.ts'

/** Makes real values for one run of the checker. */
export class ValueMaker {
  #count = 0

  /** A few values of a set, best first; empty when none can be made. */
  valuesOf(abstract: AbstractValue, type: ValueType): readonly JsonValue[] {
    switch (abstract.kind) {
      case 'exact':
        return [abstract.value]
      case 'number':
        return numbersIn(abstract.interval)
      case 'text':
        return [this.#text(abstract.length, abstract.excluded)]
      case 'list':
        return this.#lists(abstract)
      case 'other':
        return abstract.isEmpty ? [{}, []] : [this.#text({ ...anyLength }, abstract.excluded)]
      case 'unknown':
        return this.ordinary(type)
    }
  }

  /** Values for a param that no rule looks at: anything that its type and an effect would take. */
  ordinary(type: ValueType): readonly JsonValue[] {
    switch (type) {
      case 'int':
      case 'number':
      case 'counter':
        return [1]
      case 'bool':
        return [true]
      case 'list':
      case 'set':
        return [[this.#text(anyLength, new Set())]]
      case 'string':
      case 'ref':
      case 'json':
        return [this.#text(anyLength, new Set())]
    }
  }

  /** A text of a length in the interval that is none of the excluded ones and was never made before. */
  #text({ low, high }: Interval, excluded: ReadonlySet<Literal>): string {
    const least = Math.max(low, 1)
    for (;;) {
      const count = ++this.#count
      const name = `x${count.toString(36)}`.padEnd(least, '_')
      const text = name.length <= high ? name : `${signOf(count)}${'_'.repeat(least - 1)}`
      if (!excluded.has(text)) return text
    }
  }

  #lists({ length, members }: Extract<AbstractValue, { kind: 'list' }>): readonly JsonValue[] {
    const known = [...members].flatMap(([literal, isMember]) => (isMember ? [literal] : []))
    const excluded = new Set(members.keys())
    return [length.low, length.low + 1]
      .filter((size) => includes(length, size) && size >= known.length)
      .map((size) => [
        ...known,
        ...Array.from({ length: size - known.length }, () => this.#text(anyLength, excluded)),
      ])
  }
}

/** A character that few texts have; thousands of them, for texts that may be no longer than one. */
function signOf(count: number): string {
  return count <= 26 ? String.fromCodePoint(0x60 + count) : String.fromCodePoint(0x4e00 + (count % 20_000))
}

const anyLength: Interval = { low: 1, high: Infinity, isLowOpen: false, isHighOpen: false }

/** The near end, its neighbours and something farther out. */
function numbersIn(interval: Interval): readonly number[] {
  const { low, high } = interval
  if (low === high) return [low]
  const isReal = interval.isLowOpen || interval.isHighOpen
  const steps = isReal ? [0.5, 1, 10] : [0, 1, 2, 10]
  const tries =
    low !== -Infinity
      ? steps.map((step) => low + step)
      : high === Infinity
        ? [0]
        : steps.map((step) => high - step)
  const middle = Number.isFinite(low) && Number.isFinite(high) ? [(low + high) / 2] : []
  const isWanted = (value: number): boolean =>
    includes(interval, value) && (isReal || Number.isInteger(value))
  return [...new Set([...tries, ...middle])].filter(isWanted)
}
