// A cycle through a component on which every fair action is taken or, somewhere, not surely possible: the round part of a
// lasso. If the whole component is not weakly fair, no part of it is; of strong fairness a part may be what the whole is not.
import { componentsOf } from '../explore/components.ts'
import { walkWithin, wayTo } from '../explore/graph.ts'
import type { Fairness } from './fairness.ts'
import type { LivenessGraph } from './liveness-graph.ts'

/** A cycle: where it begins and ends, and its edges by place. */
export interface Cycle {
  readonly entry: number
  readonly places: readonly number[]
  /** False: on its way a strongly fair action may be possible that is not taken; whether it is, the model cannot say. */
  readonly isCertain: boolean
}

interface InnerEdge {
  readonly source: number
  readonly place: number
}

/**
 * The parts of a component in which every strongly fair action that is surely possible somewhere is taken somewhere. Source:
 * Lichtenstein and Pnueli (1985): what would have to be taken and is not must not be possible either, so those states go.
 */
export function fairParts(
  graph: LivenessGraph,
  component: readonly number[],
  fairness: Fairness,
): readonly (readonly number[])[] {
  const inner = innerEdges(graph, component, new Set(component))
  for (const [action, { isStrong }] of fairness.actions.entries()) {
    if (!isStrong || inner.some(({ source, place }) => fairness.takenBy(source, place).includes(action)))
      continue
    const rest = component.filter((id) => !fairness.offeredBy(id).has(action))
    if (rest.length === component.length) continue
    return componentsOf(graph.index, rest, graph.size).flatMap((part) => fairParts(graph, part, fairness))
  }
  return [component]
}

/** A fair cycle through a part; undefined when it has no edge inside or is not fair. */
export function fairCycle(
  graph: LivenessGraph,
  component: readonly number[],
  fairness: Fairness,
): Cycle | undefined {
  const members = new Set(component)
  const inner = innerEdges(graph, component, members)
  const [first] = inner
  if (first === undefined) return undefined
  const trip = new RoundTrip(graph, members, first.source)
  let isCertain = true
  for (const [action, { isStrong }] of fairness.actions.entries()) {
    const isIdle = (id: number): boolean => !fairness.offeredBy(id).has(action)
    const isTaken = ({ source, place }: InnerEdge): boolean =>
      fairness.takenBy(source, place).includes(action)
    if (isStrong) {
      const due = inner.find(isTaken)
      if (due === undefined) isCertain &&= component.every((id) => !fairness.mayOffer(id, action))
      else if (!trip.edges.some(isTaken)) trip.take(due)
      continue
    }
    // It may have got its due on the way already.
    if (trip.visited.some(isIdle) || trip.edges.some(isTaken)) continue
    const idle = component.find(isIdle)
    const taken = idle === undefined ? inner.find(isTaken) : undefined
    if (idle !== undefined) trip.goTo(idle)
    else if (taken !== undefined) trip.take(taken)
    else return undefined
  }
  if (trip.edges.length === 0) trip.take(first)
  trip.goTo(first.source)
  return { entry: first.source, places: trip.edges.map(({ place }) => place), isCertain }
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

/** A way through a component, growing. */
class RoundTrip {
  readonly visited: number[]
  readonly edges: InnerEdge[] = []
  readonly #graph: LivenessGraph
  readonly #members: ReadonlySet<number>

  constructor(graph: LivenessGraph, members: ReadonlySet<number>, entry: number) {
    this.#graph = graph
    this.#members = members
    this.visited = [entry]
  }

  get #at(): number {
    return this.visited.at(-1) ?? -1
  }

  goTo(id: number): void {
    if (this.#at === id) return
    const { index, size } = this.#graph
    const walk = walkWithin(index, [this.#at], (member) => this.#members.has(member), size)
    for (const place of wayTo(walk, id).places) this.#follow(place)
  }

  take({ source, place }: InnerEdge): void {
    this.goTo(source)
    this.#follow(place)
  }

  #follow(place: number): void {
    this.edges.push({ source: this.#at, place })
    this.visited.push(this.#graph.index.targets[place] as number)
  }
}
