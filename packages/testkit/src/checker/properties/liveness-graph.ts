// What the properties of whole runs share: the edges of a finished search and its reverse, made once.
import { reverse } from '../explore/graph.ts'
import type { ReverseIndex } from '../explore/graph.ts'
import { statusOf } from '../explore/exploration.ts'
import type { EdgeIndex } from '../explore/exploration.ts'
import type { PathStep } from '../concrete/replay.ts'
import type { Checking } from './checking.ts'

/** The graph of a search that was not cut short. */
export interface LivenessGraph {
  readonly index: EdgeIndex
  readonly reversed: ReverseIndex
  readonly size: number
}

/** The graph; undefined when the search was cut short or kept no edges. */
export function livenessGraph({ exploration }: Checking): LivenessGraph | undefined {
  const { index, states, limit } = exploration
  if (index === undefined || limit !== undefined) return undefined
  return { index, reversed: reverse(index, states.size), size: states.size }
}

/** Marks the states whose status is one of these. */
export function marksOf({ exploration }: Checking, statuses: readonly string[]): Uint8Array {
  const wanted = new Set(statuses)
  const marks = new Uint8Array(exploration.states.size)
  for (let id = 0; id < marks.length; id++) if (wanted.has(statusOf(exploration, id))) marks[id] = 1
  return marks
}

/** Edges, by place, as steps for the real entity. */
export function stepsAlong(
  { replayer }: Checking,
  { index }: LivenessGraph,
  places: readonly number[],
): readonly PathStep[] {
  return places.map((place) => ({
    edge: index.edges[place] as number,
    cells: replayer.cellsOf(index.targets[place] as number),
  }))
}
