// EntitySpec → what is to be drawn: boxes and arrows, no coordinates yet.
import { printExpression } from '@perdure/core'
import type { ActionSpec, EntitySpec } from '@perdure/core'

/** A box: a status, the dot where an entity begins, or the stand-in for every status that is not terminal. */
export interface DiagramNode {
  readonly id: string
  readonly kind: 'start' | 'any' | 'state'
  readonly label: string
  readonly isTerminal: boolean
}

/** One line beside an arrow. */
export interface DiagramLabel {
  readonly action: string
  /** As text; absent when the rule has no guard. */
  readonly guard?: string
}

/** An arrow; the rules between the same two boxes share one. */
export interface DiagramEdge {
  readonly from: string
  readonly to: string
  readonly labels: readonly DiagramLabel[]
}

/** What is to be drawn of one spec. */
export interface Diagram {
  readonly title: string
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly DiagramEdge[]
}

const startId = 'start'
const anyId = 'any'

/** Makes the diagram of a spec. A rule without `from` leaves one box that stands for every status that is not terminal. */
export function diagramOf(spec: EntitySpec): Diagram {
  const rules = spec.actions.filter(({ kind }) => kind !== 'output')
  const terminal = new Set(spec.terminal)
  const live = spec.states.filter((state) => !terminal.has(state))
  const edges = new Map<string, DiagramEdge & { readonly labels: DiagramLabel[] }>()
  const connect = (from: string, to: string, label?: DiagramLabel): void => {
    const key = JSON.stringify([from, to])
    const edge = edges.get(key) ?? { from, to, labels: [] }
    edges.set(key, edge)
    if (label !== undefined) edge.labels.push(label)
  }
  connect(startId, stateId(spec.initial))
  for (const rule of rules) {
    for (const from of sourcesOf(rule, live)) {
      connect(from, rule.to === undefined ? from : stateId(rule.to), labelOf(rule))
    }
  }
  const isAnyNeeded = [...edges.values()].some(({ from }) => from === anyId)
  return {
    title: spec.name,
    nodes: [
      { id: startId, kind: 'start', label: '', isTerminal: false },
      ...(isAnyNeeded ? [anyNode] : []),
      ...spec.states.map((state) => stateNode(state, terminal.has(state))),
    ],
    edges: [...edges.values()],
  }
}

const anyNode: DiagramNode = { id: anyId, kind: 'any', label: 'any live state', isTerminal: false }

function stateNode(state: string, isTerminal: boolean): DiagramNode {
  return { id: stateId(state), kind: 'state', label: state, isTerminal }
}

/** A status may be called `start`: a prefix keeps the two apart. */
function stateId(state: string): string {
  return `state ${state}`
}

function sourcesOf({ from }: ActionSpec, live: readonly string[]): readonly string[] {
  if (from.length > 0) return from.map(stateId)
  return live.length === 1 ? live.map(stateId) : [anyId]
}

function labelOf({ name, guard }: ActionSpec): DiagramLabel {
  return guard === undefined ? { action: name } : { action: name, guard: printExpression(guard) }
}
