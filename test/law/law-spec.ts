// The entity type that the first law is tried on: every variable type, every field policy, every effect statement.
import type { EntitySpec } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'

const text = `
[automaton]
name = "Law"
states = ["Draft", "Live", "Shut", "Deleted"]
initial = "Draft"
terminal = ["Shut"]
strict_action_params = false
snapshot_every = 5

[[state]]
name = "text"

[[state]]
name = "label"
overflow_inline_max_bytes = 16

[[state]]
name = "memo"
overflow_inline_max_bytes = 16
overflow_journal = "ref"

[[state]]
name = "doc"
type = "json"
overflow_inline_max_bytes = 32
overflow_ttl_seconds = 60

[[state]]
name = "file"
type = "json"
overflow_ttl_seconds = 3600
overflow_journal = "ref"

[[state]]
name = "owner"
type = "ref"
entity_type = "Law"
overflow_inline_max_bytes = 0

[[state]]
name = "whole"
type = "int"
initial = -3

[[state]]
name = "real"
type = "number"
initial = 0.5

[[state]]
name = "isOn"
type = "bool"

[[state]]
name = "hits"
type = "counter"

[[state]]
name = "items"
type = "list"
initial = ["first"]
overflow_inline_max_bytes = 64

[[state]]
name = "names"
type = "set"
overflow_inline_max_bytes = 32
overflow_ttl_seconds = 60

[[action]]
name = "Set"
params = ["text", "label", "memo", { name = "doc", type = "json" }, { name = "file", type = "json" }, "owner", { name = "whole", type = "int" }, { name = "real", type = "number" }]

[[action]]
name = "Say"
params = [{ name = "aside", transient = true }, { name = "label", transient = true }, "remark"]

[[action]]
name = "Copy"
effect = ["doc = label", "label = params.from", "text = params.from", "memo = params.from"]
params = ["from"]

[[action]]
name = "Overwrite"
params = ["memo", "from", "label"]
effect = ["label = params.from", "memo = label"]

[[action]]
name = "Mirror"
params = [{ name = "from", transient = true }]
effect = ["memo = params.from", "text = params.from"]

[[action]]
name = "Switch"
params = [{ name = "to", type = "bool" }]
effect = "isOn = params.to"

[[action]]
name = "Hit"
params = [{ name = "by", type = "counter", required = true }]
effect = "hits += params.by"

[[action]]
name = "Miss"
params = [{ name = "by", type = "counter", required = true }]
effect = "hits -= params.by"

[[action]]
name = "Shift"
params = [{ name = "step", type = "int", required = true }, { name = "part", type = "number", required = true }]
effect = ["whole += params.step", "real -= params.part"]

[[action]]
name = "Push"
params = [{ name = "item", type = "json", required = true }]
effect = ["append(items, params.item)", "append(names, params.item)"]

[[action]]
name = "Pull"
params = [{ name = "item", type = "json", required = true }]
effect = ["remove(items, params.item)", "remove(names, params.item)"]

[[action]]
name = "PullAt"
params = [{ name = "index", type = "int", required = true }]
effect = "remove_at(items, params.index)"

[[action]]
name = "Clear"
effect = ["clear(items)", "clear(names)", "clear(doc)", "clear(hits)"]

[[action]]
name = "Advance"
from = ["Draft"]
to = "Live"
guard = "len(text) > 3"

[[action]]
name = "Advance"
from = ["Draft", "Live"]
to = "Draft"
guard = "hits > 2 || isOn"
effect = ["hits = 0", "emit('retreated')"]

[[action]]
name = "Shut"
from = ["Live"]
to = "Shut"
guard = "len(items) > 0"

[[action]]
name = "Retire"
from = ["Draft"]
to = "Deleted"

[[invariant]]
name = "FewHits"
assert = "hits <= 1000"
`

function parse(): EntitySpec {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(issues.map(({ message }) => message).join('\n'))
  return spec
}

/** The spec. */
export const lawSpec: EntitySpec = parse()
