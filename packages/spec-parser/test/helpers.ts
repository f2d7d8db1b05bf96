// Builds small specs for tests: the part under test inside a spec that is otherwise fine.
import type { EntitySpec, SpecIssue } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'

/** An automaton with the statuses A and B and one variable of each type; `rest` follows it. */
export function specText(rest: string): string {
  return `[automaton]
name = "Sample"
states = ["A", "B"]
initial = "A"
terminal = ["B"]

[[state]]
name = "text"

[[state]]
name = "count"
type = "counter"

[[state]]
name = "whole"
type = "int"

[[state]]
name = "ratio"
type = "number"

[[state]]
name = "flag"
type = "bool"

[[state]]
name = "tags"
type = "list"

[[state]]
name = "unique"
type = "set"

[[state]]
name = "data"
type = "json"

[[state]]
name = "owner"
type = "ref"
entity_type = "User"

[[action]]
name = "Go"
from = ["A"]
to = "B"

${rest}
`
}

/** The spec of a text that has no error. */
export function parsed(text: string): EntitySpec {
  const { spec, issues } = parseSpec(text)
  const errors = issues.filter(({ severity }) => severity === 'error')
  if (spec === undefined) throw new Error(`not valid: ${JSON.stringify(errors, undefined, 2)}\n${text}`)
  return spec
}

/** The errors of a text, in order. */
export function errorsOf(text: string): readonly SpecIssue[] {
  return parseSpec(text).issues.filter(({ severity }) => severity === 'error')
}

/** The codes of the errors of a text, in order. */
export function errorCodes(text: string): readonly string[] {
  return errorsOf(text).map(({ code }) => code)
}
