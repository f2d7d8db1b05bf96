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
