import type { EntitySpec, Expression } from '@perdure/core'

import { evaluatePartially } from './evaluate-partially.ts'
import type { LintContext } from './lint-context.ts'
import { namesRead } from './walk-expression.ts'

/** Looks at variables and properties: what nobody uses, what is not declared, what does not hold at birth. */
export function lintValues(context: LintContext): void {
  lintUnused(context)
  lintFieldInvariants(context)
  lintInvariants(context)
}

function lintUnused({ spec, sections, issues }: LintContext): void {
  const used = usedNames(spec)
  for (const { name } of sections.states) {
    if (name === undefined || used.has(name.value)) continue
    issues.report('unused_variable', name.span, `no action, guard or property uses '${name.value}'`)
  }
}

function usedNames(spec: EntitySpec): ReadonlySet<string> {
  const used = new Set<string>()
  const read = (expression: Expression | undefined) => {
    if (expression !== undefined) for (const name of namesRead(expression)) used.add(name)
  }
  for (const { guard, effects, params } of spec.actions) {
    read(guard)
    for (const { name } of params) used.add(name)
    for (const effect of effects) for (const value of Object.values(effect)) addNames(value, used)
  }
  for (const { assert } of [...spec.invariants, ...spec.fieldInvariants]) read(assert)
  for (const { guard } of spec.integrations) read(guard)
  for (const { properties } of spec.keys) for (const property of properties) used.add(property)
  return used
}

/** The names in one part of an effect: a variable's name, or an argument that reads one. */
function addNames(part: unknown, used: Set<string>): void {
  if (typeof part === 'string') used.add(part)
  if (typeof part === 'object' && part !== null && 'name' in part && typeof part.name === 'string')
    used.add(part.name)
}

function lintFieldInvariants({ spec, sections, issues }: LintContext): void {
  const variables = new Set(spec.variables.map(({ name }) => name))
  for (const [index, { assert, name }] of spec.fieldInvariants.entries()) {
    const span = sections.fieldInvariants[index]?.assert?.span
    const unknown = [...namesRead(assert)].filter((field) => !variables.has(field))
    if (span === undefined || unknown.length === 0) continue
    const fields = unknown.map((field) => `'${field}'`).join(', ')
    const message = `'${name}' speaks of ${fields}, which is no variable: null until a creation or a field update sets it`
    issues.report('undeclared_field', span, message)
  }
}

function lintInvariants({ spec, sections, issues }: LintContext): void {
  const variables = new Map(spec.variables.map((variable) => [variable.name, variable]))
  const known = {
    status: spec.initial,
    valueOf: (name: string) => variables.get(name)?.initial,
    isCounter: (name: string) => variables.get(name)?.type === 'counter',
  }
  for (const [index, { name, assert, when }] of spec.invariants.entries()) {
    const span = sections.invariants[index]?.assert?.span
    if (span === undefined || when?.includes(spec.initial) === false) continue
    if (evaluatePartially(assert, known) !== false) continue
    const message = `the initial values violate '${name}'`
    issues.report('invariant_false_initially', span, message, 'creation must bring fields that satisfy it')
  }
}
