// The cells of one slot: a partition of what it may hold into sets that no guard tells apart. A packed state stores the
// number of the cell.
import type { JsonValue, Literal, ValueType } from '@perdure/core'
import { contains, exactly, mayOverlap, nullValue, numberIn } from './abstract-value.ts'
import type { AbstractValue } from './abstract-value.ts'
import { isPoint, overlaps } from './interval.ts'
import type { Interval } from './interval.ts'
import { partitionNumbers } from './partition-numbers.ts'

/** What has to be told apart in a slot. */
export interface DomainOptions {
  readonly type: ValueType
  /** It may hold nothing: a field that no event has set. */
  readonly isNullable: boolean
  /** Literals it is compared with. */
  readonly constants: readonly Literal[]
  /** Numbers its length is compared with; undefined when nobody asks for its length. */
  readonly lengths: readonly number[] | undefined
  /** Literals whose membership is asked for. */
  readonly members: readonly Literal[]
  /** See `NumberLine.margin`. */
  readonly margin: number
}

/** The cells of a slot. */
export interface Domain {
  readonly values: readonly AbstractValue[]
  /** From this cell on, the cells are ascending pieces of the number line; absent when they are not. */
  readonly numbersFrom?: number
  /** Whether more margin would tell more apart. */
  readonly isRefinable: boolean
}

/** More literals than these are not told apart in a list: each doubles its cells. */
const maxMembers = 6

/** Makes the cells of a slot. */
export function makeDomain(options: DomainOptions): Domain {
  const values = valuesOf(options)
  const isNullable = options.isNullable || options.type === 'ref' || options.type === 'json'
  return {
    values: isNullable ? [nullValue, ...values] : values,
    isRefinable: values.some(hasTail),
    ...(values[0]?.kind === 'number' ? { numbersFrom: isNullable ? 1 : 0 } : {}),
  }
}

function hasTail(value: AbstractValue): boolean {
  if (value.kind === 'number') return !isPoint(value.interval)
  return (value.kind === 'list' || value.kind === 'text') && !isPoint(value.length)
}

function valuesOf(options: DomainOptions): readonly AbstractValue[] {
  const { type, constants, margin } = options
  switch (type) {
    case 'bool':
      return [exactly(false), exactly(true)]
    case 'counter':
    case 'int':
    case 'number': {
      const numbers = constants.filter((constant) => typeof constant === 'number')
      const isCounter = type === 'counter'
      return partitionNumbers({ constants: numbers, isCounter, isInteger: type !== 'number', margin }).map(
        numberIn,
      )
    }
    case 'string':
    case 'ref':
      return textValues(options)
    case 'list':
    case 'set':
      return listValues(options)
    case 'json':
      return jsonValues(constants)
  }
}

function textValues({ constants, lengths, margin }: DomainOptions): readonly AbstractValue[] {
  const texts = constants.filter((constant) => typeof constant === 'string' && constant !== '')
  const excluded = new Set<Literal>(texts)
  const others = lengthPieces(lengths ?? [], margin).filter(({ high }) => high > 0)
  return [
    exactly(''),
    ...texts.map(exactly),
    ...(lengths === undefined
      ? others.slice(0, 1).map((piece) => ({ ...piece, high: Infinity }))
      : others
    ).map((length): AbstractValue => ({ kind: 'text', length, excluded })),
  ]
}

function lengthPieces(constants: readonly number[], margin: number): readonly Interval[] {
  return partitionNumbers({ constants, isCounter: true, isInteger: true, margin })
}

/** A list may hold an item several times, so even a long one may hold none but what is known; a set is cut the same. */
function listValues({ lengths, members, margin }: DomainOptions): readonly AbstractValue[] {
  const known = members.length <= maxMembers ? members : []
  return lengthPieces(lengths ?? [], margin).flatMap((length) =>
    subsets(known)
      .filter((subset) => [...subset.values()].filter(Boolean).length <= length.high)
      .map((subset): AbstractValue => ({ kind: 'list', length, members: subset })),
  )
}

function subsets(literals: readonly Literal[]): readonly ReadonlyMap<Literal, boolean>[] {
  let maps: readonly ReadonlyMap<Literal, boolean>[] = [new Map()]
  for (const literal of literals)
    maps = maps.flatMap((map) => [new Map(map).set(literal, false), new Map(map).set(literal, true)])
  return maps
}

function jsonValues(constants: readonly Literal[]): readonly AbstractValue[] {
  const known = [...new Set<Literal>(['', ...constants.filter((constant) => constant !== null)])]
  const excluded = new Set(known)
  return [
    ...known.map(exactly),
    { kind: 'other', isEmpty: true, excluded },
    { kind: 'other', isEmpty: false, excluded },
  ]
}

/** The cells that share a value with this. Ascending. */
export function cellsFor(domain: Domain, value: AbstractValue): readonly number[] {
  const { values, numbersFrom } = domain
  if (value.kind === 'number' && numbersFrom !== undefined)
    return numberCells(values, numbersFrom, value.interval)
  const cells: number[] = []
  for (const [cell, known] of values.entries()) if (mayOverlap(known, value)) cells.push(cell)
  return cells
}

/** By bisection: a counter compared with 1,000 has a thousand cells. */
function numberCells(values: readonly AbstractValue[], first: number, wanted: Interval): readonly number[] {
  const intervalAt = (cell: number): Interval | undefined => {
    const value = values[cell]
    return value?.kind === 'number' ? value.interval : undefined
  }
  let [low, high] = [first, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((intervalAt(middle)?.high ?? Infinity) < wanted.low) low = middle + 1
    else high = middle
  }
  const cells: number[] = []
  for (let cell = low; ; cell++) {
    const interval = intervalAt(cell)
    if (interval === undefined || interval.low > wanted.high) return cells
    if (overlaps(interval, wanted)) cells.push(cell)
  }
}

/** The cell of a concrete value; -1 when it fits none, which the types of a spec rule out. */
export function cellOf({ values }: Domain, value: JsonValue): number {
  return values.findIndex((known) => contains(known, value))
}
