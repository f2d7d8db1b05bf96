// `preceded_by`: no run is in one of some statuses without having been in one of others before.
import type { LivenessSpec } from '@perdure/core'
import { walkWithin, wayTo } from '../explore/graph.ts'
import { cutShort, maxTries, unconfirmed } from './checking.ts'
import type { Checking, Judgement } from './checking.ts'
import { marksOf, stepsAlong } from './liveness-graph.ts'
import type { LivenessGraph } from './liveness-graph.ts'

/** Judges one ordering property. */
export function checkPreceded(
  checking: Checking,
  graph: LivenessGraph | undefined,
  { name, from, precededBy }: LivenessSpec & { readonly precededBy: readonly string[] },
): Judgement {
  const kind = 'preceded_by'
  if (graph === undefined) return { kind, name, status: 'inconclusive', message: cutShort }
  const { parents } = checking.exploration
  const before = marksOf(checking, precededBy)
  const watched = marksOf(checking, from)
  const roots: number[] = []
  for (let id = 0; parents[id] === -1; id++) roots.push(id)
  const walk = walkWithin(graph.index, roots, (id) => before[id] !== 1, graph.size)
  const early = walk.order.filter((id) => watched[id] === 1)
  for (const id of early.slice(0, maxTries)) {
    const { start, places } = wayTo(walk, id)
    const run = checking.replayer.run(start, stepsAlong(checking, graph, places))
    if (run === undefined) continue
    const message = `${run.state.status} is entered without having been in ${precededBy.join(' or ')}`
    return { kind, name, status: 'violated', message, trace: run.trace }
  }
  return early.length === 0
    ? { kind, name, status: 'holds', message: `${precededBy.join(' or ')} always comes first` }
    : { kind, name, status: 'inconclusive', message: unconfirmed }
}
