// A cycle through a component on which every fair action is taken or, somewhere, not surely possible: the round part of a
// lasso. If the whole component is not fair, no part of it is.
import { walkWithin, wayTo } from '../explore/graph.ts'
import type { Fairness } from './fairness.ts'
import type { LivenessGraph } from './liveness-graph.ts'

/** A cycle: where it begins and ends, and its edges by place. */
export interface Cycle {
  readonly entry: number
  readonly places: readonly number[]
}

/** Where a fair action gets its due: on an edge, or in a state that does not surely offer it. */
type Stop =
  | { readonly kind: 'edge'; readonly source: number; readonly place: number }
  | { readonly kind: 'state'; readonly id: number }

/** A fair cycle; undefined when the component has no edge inside or is not fair. */
export function fairCycle(
  graph: LivenessGraph,
  component: readonly number[],
  fairness: Fairness,
): Cycle | undefined {
  const members = new Set(component)
  const inner = innerEdges(graph, component, members)
  const [first] = inner
  if (first === undefined) return undefined
  const stops: Stop[] = []
  for (let action = 0; action < fairness.actions.length; action++) {
    const taken = inner.find(({ source, place }) => fairness.takenBy(source, place).includes(action))
    const idle = component.find((id) => !fairness.offeredBy(id).has(action))
    if (idle !== undefined) stops.push({ kind: 'state', id: idle })
    else if (taken !== undefined) stops.push({ kind: 'edge', ...taken })
    else return undefined
  }
  return roundTrip(graph, members, first.source, stops, first.place)
}

interface InnerEdge {
  readonly source: number
  readonly place: number
}

/** The edges that stay inside, those of early states first. */
function innerEdges(
  { index }: LivenessGraph,
  component: readonly number[],
  members: ReadonlySet<number>,
): readonly InnerEdge[] {
  return [...component]
    .sort((a, b) => a - b)
    .flatMap((source) => {
      const edges: InnerEdge[] = []
      for (let place = index.starts[source] as number; place < (index.starts[source + 1] ?? 0); place++)
        if (members.has(index.targets[place] as number)) edges.push({ source, place })
      return edges
    })
}

function roundTrip(
  graph: LivenessGraph,
  members: ReadonlySet<number>,
  entry: number,
  stops: readonly Stop[],
  anyPlace: number,
): Cycle {
  const places: number[] = []
  let at = entry
  const goTo = (id: number): void => {
    if (at === id) return
    const walk = walkWithin(graph.index, [at], (member) => members.has(member), graph.size)
    places.push(...wayTo(walk, id).places)
    at = id
  }
  const take = (place: number): void => {
    places.push(place)
    at = graph.index.targets[place] as number
  }
  for (const stop of stops) {
    if (stop.kind === 'state') goTo(stop.id)
    else if (!places.includes(stop.place)) {
      goTo(stop.source)
      take(stop.place)
    }
  }
  if (places.length === 0) take(anyPlace)
  goTo(entry)
  return { entry, places }
}
