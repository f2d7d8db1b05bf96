import type { EntitySpec } from '@perdure/core'
import type { Trace } from '../concrete/trace.ts'
import { arrowsOf } from './spec-graph.ts'

/** The automaton of a spec for Graphviz; a trace is drawn in red, its steps numbered. */
export function toDot(spec: EntitySpec, trace?: Trace): string {
  const visited = new Set(trace?.steps.flatMap(({ from, to }) => [from, to]))
  const nodes = spec.states.map((state) => {
    const shape = spec.terminal.includes(state) ? 'doublecircle' : 'box'
    const color = visited.has(state) ? ', color=red' : ''
    return `  ${quote(state)} [shape=${shape}${color}]`
  })
  const edges = arrowsOf(spec, trace).map(({ from, to, labels, steps }) => {
    const label = [...(steps.length === 0 ? [] : [`#${steps.join(', #')}`]), ...labels].join('\n')
    const color = steps.length === 0 ? '' : ', color=red, fontcolor=red, penwidth=2'
    return `  ${quote(from)} -> ${quote(to)} [label=${quote(label)}${color}]`
  })
  return [
    `digraph ${quote(spec.name)} {`,
    '  "" [shape=point]',
    `  "" -> ${quote(spec.initial)}`,
    ...nodes,
    ...edges,
    '}',
    '',
  ].join('\n')
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
