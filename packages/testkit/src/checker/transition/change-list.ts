// Statements on lists and sets: the length is a counter, membership is known of the literals that the spec asks for.
import type { Literal } from '@perdure/core'
import { isExact } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import { isMemberOf, literalOf } from '../abstraction/compare-abstract.ts'
import { add, closed, isAtMost, isBefore, point } from '../abstraction/interval.ts'
import type { Interval } from '../abstraction/interval.ts'
import { all } from '../abstraction/truth.ts'
import { fails } from './change.ts'
import type { Change } from './change.ts'

type ListValue = Extract<AbstractValue, { kind: 'list' }>

/** `append`: a set takes only what it lacks; nothing cannot be appended. */
export function appendTo(
  list: AbstractValue,
  item: AbstractValue,
  isSet: boolean,
  listName: string | undefined,
): Change {
  if (list.kind !== 'list' || (item.kind === 'exact' && item.value === null)) return fails
  const canFail = item.kind === 'unknown'
  const longer: ListValue = { ...list, length: add(list.length, point(1)), members: withItem(list, item) }
  if (!isSet) return { values: [longer], canFail, isProgress: true }
  const isMember = isMemberOf(item, list, listName)
  if (isMember === 'true') return { values: [list], canFail, isProgress: false }
  return { values: isMember === 'false' ? [longer] : [list, longer], canFail, isProgress: false }
}

/** What a list holds after an item came in; of an item that is not known, anything may have. */
function withItem({ members }: ListValue, item: AbstractValue): ReadonlyMap<Literal, boolean> {
  const after = new Map(members)
  if (isExact(item)) {
    if (after.has(literalOf(item))) after.set(literalOf(item), true)
  } else if (item.kind === 'unknown' || item.kind === 'other') {
    for (const [literal, isMember] of members) if (!isMember) after.delete(literal)
  }
  return after
}

/** `remove`: one item that equals, if there is one. A list may hold another like it. */
export function removeFrom(
  list: AbstractValue,
  item: AbstractValue,
  isSet: boolean,
  listName: string | undefined,
): Change {
  if (list.kind !== 'list') return fails
  const isMember = isMemberOf(item, list, listName)
  if (isMember === 'false') return { values: [list], canFail: false, isProgress: false }
  const members = new Map(list.members)
  if (isExact(item)) {
    if (isSet) members.set(literalOf(item), false)
    else members.delete(literalOf(item))
  } else if (item.kind === 'unknown' || item.kind === 'other') {
    for (const [literal, holds] of list.members) if (holds) members.delete(literal)
  }
  const shorter: ListValue = { ...list, length: oneLess(list.length), members }
  return isMember === 'true'
    ? { values: [shorter], canFail: false, isProgress: true }
    : { values: [list, shorter], canFail: false, isProgress: false }
}

/** `remove_at`: fails beyond the end; which item goes is not known. */
export function removeAtFrom(list: AbstractValue, index: AbstractValue): Change {
  if (list.kind !== 'list') return fails
  if (index.kind !== 'number') return index.kind === 'unknown' || index.kind === 'other' ? mayGo(list) : fails
  const isThere = all([isAtMost(point(0), index.interval), isBefore(index.interval, list.length)])
  if (isThere === 'false') return fails
  return isThere === 'true' ? { ...mayGo(list), canFail: false, isProgress: true } : mayGo(list)
}

function mayGo(list: ListValue): Change {
  if (list.length.high === 0) return fails
  const members = new Map([...list.members].filter(([, holds]) => !holds))
  return {
    values: [{ ...list, length: oneLess(list.length), members }],
    canFail: true,
    isProgress: false,
  }
}

function oneLess({ low, high }: Interval): Interval {
  return closed(Math.max(low, 1) - 1, high - 1)
}
