// Specs that the tests of arbitraries, properties and simulations share.
import type { EntitySpec } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'

/** A spec from its text, which must be right. */
export function specFrom(text: string): EntitySpec {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(issues.map(({ message }) => message).join('\n'))
  return spec
}

/** A session as in the guide, with a text that overflows for good and a result that overflows for an hour. */
export const sessionSpec: EntitySpec = specFrom(`
[automaton]
name = "Session"
states = ["Created", "Running", "Done"]
initial = "Created"
terminal = ["Done"]
snapshot_every = 4

[[state]]
name = "prompt"
overflow_inline_max_bytes = 32

[[state]]
name = "result"
type = "json"
overflow_inline_max_bytes = 16
overflow_ttl_seconds = 3600

[[state]]
name = "draft"
overflow_inline_max_bytes = 16
overflow_ttl_seconds = 60

[[state]]
name = "secret"
overflow_inline_max_bytes = 16
overflow_journal = "ref"

[[state]]
name = "turns"
type = "counter"

[[state]]
name = "budget"
type = "int"
initial = 10

[[state]]
name = "tags"
type = "set"
overflow_inline_max_bytes = 16

[[state]]
name = "parent"
type = "ref"
entity_type = "Session"

[[action]]
name = "Configure"
params = [{ name = "prompt", required = true }, "secret", { name = "parent", type = "ref", entity_type = "Session" }]

[[action]]
name = "Start"
from = ["Created"]
to = "Running"
guard = "!empty(prompt)"

[[action]]
name = "Turn"
from = ["Running"]
params = ["result", "draft", { name = "tag", type = "string" }, { name = "cost", type = "int" }]
effect = ["turns += 1"]
guard = "empty(params.tag)"

[[action]]
name = "Turn"
from = ["Running"]
params = ["result", "draft", { name = "tag", type = "string" }, { name = "cost", type = "int" }]
effect = ["turns += 1", "append(tags, params.tag)", "budget -= 1"]

[[action]]
name = "Undo"
from = ["Running"]
params = [{ name = "by", type = "counter", required = true }]
effect = "turns -= params.by"

[[action]]
name = "Finish"
from = ["Running"]
to = "Done"
guard = "turns > 0"

[[invariant]]
name = "WithinBudget"
assert = "budget >= 0"
`)
