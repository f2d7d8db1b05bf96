// Liveness as a certainty: every fair run from `from` gets to a target. It is refuted by a run that may wait for ever in a
// state where nothing has to happen, or by a lasso: a stem and a cycle that can go on for ever although all fair actions
// get their turn.
import type { LivenessSpec } from '@perdure/core'
import { componentsOf } from '../explore/components.ts'
import { marked, walkWithin, wayTo } from '../explore/graph.ts'
import type { Walkthrough } from '../explore/graph.ts'
import { refusalsIn } from './check-stuck.ts'
import { cutShort, maxTries } from './checking.ts'
import type { Checking, Judgement } from './checking.ts'
import { Fairness } from './fairness.ts'
import { runLasso } from './run-lasso.ts'
import { fairCycle, fairParts } from './fair-cycle.ts'
import { marksOf, stepsAlong } from './liveness-graph.ts'
import type { LivenessGraph } from './liveness-graph.ts'

/** Judges one `reaches` property. */
export function checkInevitable(
  checking: Checking,
  graph: LivenessGraph | undefined,
  liveness: LivenessSpec & { readonly reaches: readonly string[] },
): Judgement {
  const { name, from, reaches } = liveness
  const base = { kind: 'inevitable', name } as const
  if (graph === undefined) return { ...base, status: 'inconclusive', message: cutShort }
  const goals = marksOf(checking, reaches)
  const starts = marked(marksOf(checking, from)).filter((id) => goals[id] !== 1)
  const walk = walkWithin(graph.index, starts, (id) => goals[id] !== 1, graph.size)
  const fairness = new Fairness(checking, graph)
  const target = reaches.join(' or ')

  const waits = walk.order.filter((id) => fairness.offeredBy(id).size === 0)
  const waiting = confirmWait(checking, graph, walk, waits, fairness)
  if (waiting !== undefined) {
    const message = `a run may wait in ${waiting.status} for ever: nothing that has to happen is possible there (${waiting.reason})`
    return { ...base, status: 'violated', message, trace: waiting.trace }
  }
  const cycles = componentsOf(graph.index, walk.order, graph.size)
    .flatMap((component) => fairParts(graph, component, fairness))
    .flatMap((part) => fairCycle(graph, part, fairness) ?? [])
  for (const cycle of cycles.filter(({ isCertain }) => isCertain).slice(0, maxTries)) {
    const { start, places } = wayTo(walk, cycle.entry)
    const stem = stepsAlong(checking, graph, places)
    const trace = runLasso(checking, start, stem, stepsAlong(checking, graph, cycle.places))
    if (trace === undefined) continue
    const message = `a run may go round for ever without getting to ${target}, although every action that has to happen does`
    return { ...base, status: 'violated', message, trace }
  }
  if (waits.length > 0 || cycles.length > 0) {
    const message = `whether every fair run gets to ${target} depends on what the model leaves out`
    return { ...base, status: 'inconclusive', message }
  }
  return { ...base, status: 'holds', message: `every fair run gets to ${target}` }
}

/** The first state that a real run gets to and in which the real entity refuses every fair action. */
function confirmWait(
  checking: Checking,
  graph: LivenessGraph,
  walk: Walkthrough,
  waits: readonly number[],
  { actions }: Fairness,
) {
  for (const id of waits.slice(0, maxTries)) {
    const { start, places } = wayTo(walk, id)
    const run = checking.replayer.run(start, stepsAlong(checking, graph, places))
    if (run === undefined) continue
    const { status } = run.state
    const fair = new Set(
      actions.flatMap((fairAction) =>
        fairAction.status === undefined || fairAction.status === status ? [fairAction.action] : [],
      ),
    )
    const refusals = refusalsIn(checking, run.state, (action) => fair.has(action))
    if (refusals === undefined) continue
    return { status, trace: run.trace, reason: fair.size === 0 ? 'it waits for inputs only' : refusals }
  }
  return undefined
}
