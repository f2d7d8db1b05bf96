// All properties of one finished search, in the order of the report.
import type { LivenessSpec } from '@perdure/core'
import type { PropertyKind, PropertySeverity } from '../report.ts'
import { checkInevitable } from './check-inevitable.ts'
import { checkInvariants } from './check-invariants.ts'
import { checkPossible } from './check-possible.ts'
import { checkPreceded } from './check-preceded.ts'
import { checkDeadlock, checkHasActions } from './check-stuck.ts'
import { checkStructure } from './check-structure.ts'
import type { Checking, Judgement } from './checking.ts'
import { livenessGraph } from './liveness-graph.ts'

/** Whether some property of the spec looks at whole runs, so that the search must keep its edges. */
export function needsEdges(liveness: readonly LivenessSpec[]): boolean {
  return liveness.some(({ reaches, precededBy }) => reaches !== undefined || precededBy !== undefined)
}

/** Judges everything that is not switched off. */
export function checkProperties(
  checking: Checking,
  severities: Readonly<Record<PropertyKind, PropertySeverity>>,
): readonly Judgement[] {
  const isAsked = (kind: PropertyKind): boolean => severities[kind] !== 'off'
  const { liveness, actions } = checking.spec
  const graph = needsEdges(liveness) ? livenessGraph(checking) : undefined
  const judgements = [
    ...checkInvariants(checking),
    // An entity type without actions only holds data.
    ...(actions.length > 0 && isAsked('deadlock') ? [checkDeadlock(checking)] : []),
    ...checkHasActions(checking),
    ...liveness.flatMap((property) => {
      const { reaches, precededBy } = property
      return [
        ...(reaches !== undefined && isAsked('possible')
          ? [checkPossible(checking, graph, { ...property, reaches })]
          : []),
        ...(reaches !== undefined && isAsked('inevitable')
          ? [checkInevitable(checking, graph, { ...property, reaches })]
          : []),
        ...(precededBy !== undefined ? [checkPreceded(checking, graph, { ...property, precededBy })] : []),
      ]
    }),
    ...checkStructure(checking),
  ]
  return judgements.filter(({ kind }) => isAsked(kind))
}
