import type { EntitySpec } from '@perdure/core'
import type { Trace } from '../concrete/trace.ts'
import { arrowsOf } from './spec-graph.ts'

/** The automaton of a spec as a Mermaid state diagram; a trace's statuses are marked, its steps numbered. */
export function traceToMermaid(spec: EntitySpec, trace?: Trace): string {
  const ids = new Map(spec.states.map((state, index) => [state, `s${index}`]))
  const id = (state: string): string => ids.get(state) ?? state
  const visited = new Set(trace === undefined ? [] : [trace.initial, ...trace.steps.map(({ to }) => to)])
  const arrows = arrowsOf(spec, trace).map(({ from, to, labels, steps }) => {
    const numbers = steps.length === 0 ? '' : `(${steps.join(', ')}) `
    return `  ${id(from)} --> ${id(to)} : ${numbers}${escape(labels.join(' / '))}`
  })
  return [
    'stateDiagram-v2',
    ...spec.states.map((state) => `  state "${escape(state)}" as ${id(state)}`),
    `  [*] --> ${id(spec.initial)}`,
    ...arrows,
    ...spec.terminal.map((state) => `  ${id(state)} --> [*]`),
    ...(visited.size === 0 ? [] : ['  classDef trace stroke:#c00,stroke-width:3px']),
    ...[...visited].map((state) => `  class ${id(state)} trace`),
    '',
  ].join('\n')
}

/** Mermaid takes entities for the signs that have a meaning of their own. */
function escape(text: string): string {
  return text.replaceAll(/[#;"<>{}:]/g, (sign) => `#${sign.codePointAt(0)};`)
}
