// EntitySpec → Mermaid state diagram, for documentation.
import type { EntitySpec } from '@perdure/core'

import { statusesOf } from '../check/transitions.ts'
import { printExpression } from '@perdure/core'

/** Words that Mermaid reads as something else than the name of a state. */
const keywords: ReadonlySet<string> = new Set([
  'state',
  'note',
  'end',
  'as',
  'direction',
  'default',
  'style',
  'class',
])

/** A Mermaid state diagram of a spec: statuses, and rules as arrows with their guards. */
export function toMermaid(spec: EntitySpec): string {
  const ids = new Map(spec.states.map((state, index) => [state, idOf(state, index)]))
  const id = (state: string) => ids.get(state) ?? state
  const aliases = spec.states
    .filter((state) => id(state) !== state)
    .map((state) => `state "${escape(state)}" as ${id(state)}`)
  const arrows = spec.actions.flatMap((rule) =>
    statusesOf(rule, spec).map((from) => {
      const guard = rule.guard === undefined ? '' : ` [${escape(printExpression(rule.guard))}]`
      return `${id(from)} --> ${id(rule.to ?? from)} : ${escape(rule.name)}${guard}`
    }),
  )
  const ends = spec.terminal.map((state) => `${id(state)} --> [*]`)
  const lines = [...aliases, `[*] --> ${id(spec.initial)}`, ...arrows, ...ends]
  return `stateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function idOf(state: string, index: number): string {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(state) && !keywords.has(state.toLowerCase()) ? state : `s${index}_`
}

/** Characters that end a statement or a quoted name, as Mermaid's character references. */
function escape(text: string): string {
  return text.replaceAll(/[#;"\n\r]/g, (char) =>
    char === '\n' || char === '\r' ? ' ' : `#${char.charCodeAt(0)};`,
  )
}
