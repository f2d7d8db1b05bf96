// The automaton of a spec as arrows, with the arrows of a trace numbered in the order they are taken.
import { printExpression } from '@perdure/core'
import type { EntitySpec } from '@perdure/core'
import type { Trace } from '../concrete/trace.ts'

/** All rules that go from one status to another. */
export interface GraphArrow {
  readonly from: string
  readonly to: string
  /** Actions with their guards. */
  readonly labels: readonly string[]
  /** Numbers of the trace's steps that go along it, from 1. */
  readonly steps: readonly number[]
}

/** Arrows in file order. */
export function arrowsOf(spec: EntitySpec, trace: Trace | undefined): readonly GraphArrow[] {
  const arrows = new Map<string, { from: string; to: string; labels: string[]; steps: number[] }>()
  const arrow = (from: string, to: string) => {
    const key = JSON.stringify([from, to])
    const known = arrows.get(key) ?? { from, to, labels: [], steps: [] }
    arrows.set(key, known)
    return known
  }
  const live = spec.states.filter((state) => !spec.terminal.includes(state) && state !== 'Deleted')
  for (const { kind, name, from, to, guard } of spec.actions) {
    if (kind === 'output') continue
    const label = guard === undefined ? name : `${name} [${printExpression(guard)}]`
    for (const status of from.length === 0 ? live : from) arrow(status, to ?? status).labels.push(label)
  }
  trace?.steps.forEach(({ from, to }, index) => arrow(from, to).steps.push(index + 1))
  return [...arrows.values()]
}
