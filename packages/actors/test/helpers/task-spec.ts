// The entity type of most tests here: every kind of field policy, guards that need content and related entities.
import type { EntitySpec } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'

/** Parses a spec that has to be right. */
export function specOf(text: string): EntitySpec {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(issues.map(({ message }) => message).join('\n'))
  return spec
}

/** A value of `note`, `draft` or `paper` that overflows; different seeds give different content. */
export function long(seed: string): string {
  return seed.repeat(100)
}

/** A task: `note` is kept for good, `draft` for a minute, `paper` only by reference in the log. */
export const taskSpec: EntitySpec = specOf(`
[automaton]
name = "Task"
states = ["Open", "Busy", "Closed", "Deleted"]
initial = "Open"
terminal = ["Closed"]
snapshot_every = 4

[[state]]
name = "note"
overflow_inline_max_bytes = 64

[[state]]
name = "draft"
type = "json"
overflow_inline_max_bytes = 64
overflow_ttl_seconds = 60

[[state]]
name = "paper"
overflow_inline_max_bytes = 64
overflow_journal = "ref"

[[state]]
name = "count"
type = "counter"

[[state]]
name = "tags"
type = "list"
overflow_inline_max_bytes = 64

[[state]]
name = "parent"
type = "ref"
entity_type = "Task"

[[action]]
name = "Start"
from = ["Open"]
to = "Busy"

[[action]]
name = "Add"
params = [{ name = "amount", type = "counter", required = true }]
effect = "count += params.amount"

[[action]]
name = "Write"
params = ["note", { name = "draft", type = "json" }, "paper"]

[[action]]
name = "Tag"
params = [{ name = "tag", required = true }]
effect = "append(tags, params.tag)"

[[action]]
name = "Approve"
guard = "len(note) > 3"

[[action]]
name = "ApproveDraft"
guard = "len(draft) > 3"

[[action]]
name = "Follow"
guard = "Task[parent].status == 'Closed'"

[[action]]
name = "Close"
from = ["Busy"]
to = "Closed"
guard = "count > 0"

[[action]]
name = "Scrap"
to = "Deleted"

[[invariant]]
name = "AtMostTen"
assert = "count <= 10"
`)

/** The same with a ceiling of 0: whatever can overflow does. */
export const tightTaskSpec: EntitySpec = {
  ...taskSpec,
  variables: taskSpec.variables.map((variable) => ({
    ...variable,
    overflow: { ...variable.overflow, inlineMaxBytes: 0 },
  })),
}
