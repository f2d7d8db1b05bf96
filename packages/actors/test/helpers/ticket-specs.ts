// One entity type through three versions: the same facts, and in the end no name is what it was.
import type { EntitySpec } from '@perdure/core'
import { specOf } from './task-spec.ts'

/** Version 1. */
export const firstTicket: EntitySpec = specOf(`
[automaton]
name = "Ticket"
states = ["New", "Active", "Done"]
initial = "New"
terminal = ["Done"]
snapshot_every = 3

[[state]]
name = "notes"
type = "counter"

[[state]]
name = "msg"
overflow_inline_max_bytes = 64

[[state]]
name = "paper"
overflow_inline_max_bytes = 64
overflow_journal = "ref"

[[action]]
name = "Begin"
from = ["New"]
to = "Active"

[[action]]
name = "Note"
from = ["Active"]
params = ["msg", "paper", "tone"]
effect = "notes += 1"

[[action]]
name = "End"
from = ["Active"]
to = "Done"
`)

/** Version 2: the text is called text, and the status Open. */
export const secondTicket: EntitySpec = specOf(`
[automaton]
name = "Ticket"
version = 2
states = ["New", "Open", "Done"]
initial = "New"
terminal = ["Done"]
snapshot_every = 3

[[state]]
name = "notes"
type = "counter"

[[state]]
name = "text"
overflow_inline_max_bytes = 64

[[state]]
name = "sheet"
overflow_inline_max_bytes = 64
overflow_journal = "ref"

[[action]]
name = "Begin"
from = ["New"]
to = "Open"

[[action]]
name = "Note"
from = ["Open"]
params = ["text", "sheet", "tone"]
effect = "notes += 1"

[[action]]
name = "End"
from = ["Open"]
to = "Done"

[[upcast]]
from_version = 1
rename_status = { Active = "Open" }
rename_variable = { msg = "text", paper = "sheet" }
rename_param = { msg = "text", paper = "sheet" }
`)

/** Version 3: it is remarks that are counted, a ticket is closed and not ended, and for a reason. */
export const thirdTicket: EntitySpec = specOf(`
[automaton]
name = "Ticket"
version = 3
states = ["New", "Open", "Closed"]
initial = "New"
terminal = ["Closed"]
snapshot_every = 3

[[state]]
name = "remarks"
type = "counter"

[[state]]
name = "text"
overflow_inline_max_bytes = 64

[[state]]
name = "sheet"
overflow_inline_max_bytes = 64
overflow_journal = "ref"

[[state]]
name = "reason"

[[action]]
name = "Begin"
from = ["New"]
to = "Open"

[[action]]
name = "Remark"
from = ["Open"]
params = ["text", "sheet", "mood"]
effect = "remarks += 1"

[[action]]
name = "Close"
from = ["Open"]
to = "Closed"
params = ["reason"]

[[upcast]]
from_version = 1
rename_status = { Active = "Open" }
rename_variable = { msg = "text", paper = "sheet" }
rename_param = { msg = "text", paper = "sheet" }

[[upcast]]
from_version = 2
rename_status = { Done = "Closed" }
rename_action = { Note = "Remark", End = "Close" }
rename_variable = { notes = "remarks" }
rename_param = { tone = "mood" }
default_param = { reason = "none given" }
`)
