// Short ways to write specs and to ask reports, for the checker's tests.
import type { EntitySpec } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import type { PropertyKind, PropertyResult, SpecReport } from '../../src/checker/report.ts'
import { verifySpec } from '../../src/checker/verify-spec.ts'
import type { VerifyOptions } from '../../src/checker/verify-options.ts'

/** The spec of a text that has no error. */
export function parsed(text: string): EntitySpec {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(`not valid: ${JSON.stringify(issues, undefined, 2)}\n${text}`)
  return spec
}

/** An automaton with these statuses; the first is initial. `rest` follows. */
export function automaton(states: readonly string[], terminal: readonly string[], rest: string): string {
  return `[automaton]
name = "Thing"
states = ${JSON.stringify(states)}
initial = "${states[0]}"
terminal = ${JSON.stringify(terminal)}

${rest}`
}

/** A rule; `more` are further lines. */
export function action(name: string, from: string, to: string | undefined, ...more: string[]): string {
  return `
[[action]]
name = "${name}"
kind = "input"
from = ["${from}"]
${to === undefined ? '' : `to = "${to}"`}
${more.join('\n')}
`
}

/** A variable. */
export function variable(name: string, type: string, initial?: string): string {
  return `
[[state]]
name = "${name}"
type = "${type}"
${initial === undefined ? '' : `initial = ${initial}`}
`
}

/** An invariant. */
export function invariant(name: string, assert: string): string {
  return `
[[invariant]]
name = "${name}"
assert = "${assert}"
`
}

/** Checks one spec. */
export function verified(text: string, options: VerifyOptions = {}): SpecReport {
  const [report] = verifySpec(parsed(text), options).specs
  if (report === undefined) throw new Error('there is no report')
  return report
}

/** One property of a report. */
export function propertyOf(report: SpecReport, kind: PropertyKind, name: string = ''): PropertyResult {
  const found = report.properties.find((property) => property.kind === kind && property.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name} in ${JSON.stringify(report.properties)}`)
  return found
}

/** How one property of a spec was judged. */
export function statusOf(
  text: string,
  kind: PropertyKind,
  name: string = '',
  options: VerifyOptions = {},
): string {
  return propertyOf(verified(text, options), kind, name).status
}

/** The actions of a property's trace. */
export function actionsOf({ trace }: PropertyResult): readonly string[] {
  return trace?.steps.map((step) => step.action) ?? []
}
