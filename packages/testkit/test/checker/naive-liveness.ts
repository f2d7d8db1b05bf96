// Liveness on the graph of a naive exploration, by definitions rather than by algorithms: everything is a closure.
import type { NaiveState } from './naive-explorer.ts'

type Graph = readonly NaiveState[]

/** The states that can be got to from some states, without leaving those allowed. */
function closure(
  graph: Graph,
  from: readonly number[],
  isAllowed: (id: number) => boolean,
): ReadonlySet<number> {
  const seen = new Set(from.filter(isAllowed))
  for (const id of seen) for (const next of successors(graph, id)) if (isAllowed(next)) seen.add(next)
  return seen
}

function successors(graph: Graph, id: number): readonly number[] {
  return [...(graph[id]?.next.values() ?? [])].flatMap((ends) => [...ends])
}

function withStatus(graph: Graph, status: string): readonly number[] {
  return graph.flatMap((state, id) => (state.status === status ? [id] : []))
}

/** From every state with one status, some run leads to another. */
export function isAlwaysPossible(graph: Graph, from: string, to: string): boolean {
  return withStatus(graph, from).every((id) =>
    [...closure(graph, [id], () => true)].some((reached) => graph[reached]?.status === to),
  )
}

/** From every state with one status, every run in which each action that stays possible is taken gets to another. */
export function isInevitable(graph: Graph, from: string, to: string): boolean {
  const isAllowed = (id: number): boolean => graph[id]?.status !== to
  const around = closure(graph, withStatus(graph, from), isAllowed)
  const reach = new Map([...around].map((id) => [id, closure(graph, [id], isAllowed)]))
  for (const id of around) {
    // Waiting is a run of its own: it is fair where nothing is possible.
    if (graph[id]?.next.size === 0) return false
    const component = [...around].filter((other) => reach.get(id)?.has(other) && reach.get(other)?.has(id))
    const hasCycle = component.some((member) =>
      successors(graph, member).some((next) => component.includes(next)),
    )
    if (hasCycle && isFair(graph, component)) return false
  }
  return true
}

/** Every action is taken inside, or impossible somewhere inside. */
function isFair(graph: Graph, component: readonly number[]): boolean {
  const actions = new Set(component.flatMap((id) => [...(graph[id]?.next.keys() ?? [])]))
  return [...actions].every((action) =>
    component.some((id) => {
      const ends = graph[id]?.next.get(action)
      return ends === undefined || [...ends].some((end) => component.includes(end))
    }),
  )
}

/**
 * As `isInevitable`, with one action that is taken already when it becomes possible again and again: no set of states that a
 * run may stay in for ever is both. Looks at every set; undefined when there are too many.
 */
export function isStronglyInevitable(
  graph: Graph,
  from: string,
  to: string,
  strong: string,
): boolean | undefined {
  const isAllowed = (id: number): boolean => graph[id]?.status !== to
  const around = [...closure(graph, withStatus(graph, from), isAllowed)]
  if (around.length > 11) return undefined
  if (around.some((id) => graph[id]?.next.size === 0)) return false
  for (let bits = 1; bits < 2 ** around.length; bits++) {
    const set = around.filter((_, index) => (bits & (2 ** index)) !== 0)
    if (isRound(graph, set) && isFair(graph, set) && isStrong(graph, set, strong)) return false
  }
  return true
}

/** Whether a run can visit each of these again and again, and nothing else. */
function isRound(graph: Graph, set: readonly number[]): boolean {
  const isIn = (id: number): boolean => set.includes(id)
  const hasEdge = set.some((id) => successors(graph, id).some(isIn))
  return hasEdge && set.every((id) => closure(graph, [id], isIn).size === set.length)
}

/** The action is taken inside, or impossible everywhere inside. */
function isStrong(graph: Graph, set: readonly number[], action: string): boolean {
  const ends = set.map((id) => graph[id]?.next.get(action))
  const isTaken = ends.some((those) => [...(those ?? [])].some((end) => set.includes(end)))
  return isTaken || ends.every((those) => those === undefined)
}
