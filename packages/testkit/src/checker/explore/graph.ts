// Walks over a finished search: forwards, backwards, and what can be forced. Typed arrays throughout; recursion would
// overflow on long chains.
import { edgeFacts } from '../transition/step-table.ts'
import type { EdgeIndex } from './exploration.ts'

/** Edges by target: of target `t`, sources and places from `starts[t]` up to `starts[t + 1]`. */
export interface ReverseIndex {
  readonly starts: Int32Array
  readonly sources: Int32Array
  /** Place of the edge in the forward index. */
  readonly places: Int32Array
}

/** Turns the edges round. */
export function reverse({ starts, targets }: EdgeIndex, size: number): ReverseIndex {
  const counts = new Int32Array(size + 1)
  for (const target of targets) counts[target + 1] = (counts[target + 1] as number) + 1
  for (let id = 0; id < size; id++) counts[id + 1] = (counts[id + 1] as number) + (counts[id] as number)
  const next = counts.slice()
  const sources = new Int32Array(targets.length)
  const places = new Int32Array(targets.length)
  for (let source = 0; source + 1 < starts.length; source++) {
    for (let place = starts[source] as number; place < (starts[source + 1] as number); place++) {
      const target = targets[place] as number
      const at = next[target] as number
      next[target] = at + 1
      sources[at] = source
      places[at] = place
    }
  }
  return { starts: counts, sources, places }
}

/** Marks the states from which some path leads to a goal. */
export function canReach(reversed: ReverseIndex, goals: Uint8Array): Uint8Array {
  const marks = goals.slice()
  const queue = marked(marks)
  for (let head = 0; head < queue.length; head++) {
    const target = queue[head] as number
    for (let at = reversed.starts[target] as number; at < (reversed.starts[target + 1] as number); at++) {
      const source = reversed.sources[at] as number
      if (marks[source] === 1) continue
      marks[source] = 1
      queue.push(source)
    }
  }
  return marks
}

/**
 * Marks the states from which commands can be chosen, one after the other, that lead to a goal whichever of their
 * possible ends they come to. A command that may lead back to the same state counts when repeating it must lead on.
 */
export function canForce(index: EdgeIndex, reversed: ReverseIndex, goals: Uint8Array): Uint8Array {
  const { groupOf, left } = groupsOf(index)
  const marks = goals.slice()
  const queue = marked(marks)
  for (let head = 0; head < queue.length; head++) {
    const target = queue[head] as number
    for (let at = reversed.starts[target] as number; at < (reversed.starts[target + 1] as number); at++) {
      const source = reversed.sources[at] as number
      const group = groupOf[reversed.places[at] as number] as number
      if (group === -1) continue
      const remaining = (left[group] as number) - 1
      left[group] = remaining
      if (remaining > 0 || marks[source] === 1) continue
      marks[source] = 1
      queue.push(source)
    }
  }
  return marks
}

/** The command that each edge belongs to (-1: not a sure one, or back to where it is), and the ends each still lacks. */
function groupsOf({ starts, targets, edges }: EdgeIndex): {
  readonly groupOf: Int32Array
  readonly left: number[]
} {
  const groupOf = new Int32Array(edges.length).fill(-1)
  const left: number[] = []
  for (let source = 0; source + 1 < starts.length; source++) {
    let previous = -1
    for (let place = starts[source] as number; place < (starts[source + 1] as number); place++) {
      const edge = edges[place] as number
      if ((edge & edgeFacts.sure) === 0) continue
      if (edge !== previous) left.push(0)
      previous = edge
      if (targets[place] === source && (edge & edgeFacts.progress) !== 0) continue
      groupOf[place] = left.length - 1
      left[left.length - 1] = (left.at(-1) ?? 0) + 1
    }
  }
  return { groupOf, left }
}

/** The states with a mark, ascending. */
export function marked(marks: Uint8Array): number[] {
  const ids: number[] = []
  for (let id = 0; id < marks.length; id++) if (marks[id] === 1) ids.push(id)
  return ids
}

/** A breadth-first search within some states, with the edge and state by which each was first reached. */
export interface Walkthrough {
  /** In order of discovery. */
  readonly order: readonly number[]
  /** -1: a start; -2: not reached. */
  readonly parents: Int32Array
  /** Place of the edge in the index. */
  readonly places: Int32Array
}

/** Walks from the starts to all that can be reached without leaving the states allowed. */
export function walkWithin(
  { starts, targets }: EdgeIndex,
  from: readonly number[],
  isAllowed: (id: number) => boolean,
  size: number,
): Walkthrough {
  const parents = new Int32Array(size).fill(-2)
  const places = new Int32Array(size)
  const order: number[] = []
  for (const id of from) {
    if (parents[id] !== -2 || !isAllowed(id)) continue
    parents[id] = -1
    order.push(id)
  }
  for (let head = 0; head < order.length; head++) {
    const source = order[head] as number
    for (let place = starts[source] as number; place < (starts[source + 1] ?? 0); place++) {
      const target = targets[place] as number
      if (parents[target] !== -2 || !isAllowed(target)) continue
      parents[target] = source
      places[target] = place
      order.push(target)
    }
  }
  return { order, parents, places }
}

/** The start of the way to a state and the places of its edges, in order. */
export function wayTo(
  { parents, places }: Walkthrough,
  id: number,
): { readonly start: number; readonly places: readonly number[] } {
  const way: number[] = []
  let at = id
  while ((parents[at] as number) >= 0) {
    way.push(places[at] as number)
    at = parents[at] as number
  }
  return { start: at, places: way.reverse() }
}
