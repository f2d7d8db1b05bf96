// Liveness as a possibility: from every state of `from`, however it was come to, some run leads to a target. A trap is a
// state from which none does.
import type { LivenessSpec } from '@perdure/core'
import { canForce, canReach, marked } from '../explore/graph.ts'
import { maxTries, cutShort } from './checking.ts'
import type { Checking, Judgement } from './checking.ts'
import { marksOf } from './liveness-graph.ts'
import type { LivenessGraph } from './liveness-graph.ts'

/** Judges one `reaches` property. */
export function checkPossible(
  checking: Checking,
  graph: LivenessGraph | undefined,
  { name, from, reaches }: LivenessSpec & { readonly reaches: readonly string[] },
): Judgement {
  const kind = 'possible'
  if (graph === undefined) return { kind, name, status: 'inconclusive', message: cutShort }
  const goals = marksOf(checking, reaches)
  const starts = marked(marksOf(checking, from))
  if (starts.length === 0) {
    return { kind, name, status: 'holds', message: `no run is ever in ${from.join(', ')}` }
  }
  const target = reaches.join(' or ')
  const reachable = canReach(graph.reversed, goals)
  const traps = starts.filter((id) => reachable[id] !== 1)
  for (const trap of traps.slice(0, maxTries)) {
    const run = checking.replayer.run(trap)
    if (run === undefined) continue
    const message = `from here no run leads to ${target}`
    return { kind, name, status: 'violated', message, trace: run.trace }
  }
  const forced = traps.length > 0 ? undefined : canForce(graph.index, graph.reversed, goals)
  if (forced !== undefined && starts.every((id) => forced[id] === 1)) {
    return { kind, name, status: 'holds', message: `${target} can always still be reached` }
  }
  const message = `whether ${target} can always still be reached depends on what the model leaves out`
  return { kind, name, status: 'inconclusive', message }
}
