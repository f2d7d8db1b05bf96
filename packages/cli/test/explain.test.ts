import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { broken, lamp } from './helpers/specs.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const room = `[automaton]
name = "Room"
states = ["Free", "Taken"]
initial = "Free"
terminal = ["Taken"]

[[state]]
name = "lamp_id"
type = "ref"
entity_type = "Lamp"

[[state]]
name = "guests"
type = "counter"

[[state]]
name = "names"
type = "list"

[[action]]
name = "Enter"
kind = "input"
hint = "Somebody comes in."
guard = "Lamp[lamp_id].status == 'On' && (guests < 3 || 'boss' in names)"
params = [{ name = "guest", required = true }, { name = "code", type = "int", transient = true }]
effect = ["guests += 1", "append(names, params.guest)", "emit('entered')"]

[[action]]
name = "Leave"
effect = ["guests -= 1", "remove_at(names, 0)", "clear(names)"]

[[action]]
name = "Close"
from = ["Free"]
to = "Taken"
effect = ["schedule('Leave', 60)", "spawn('Lamp', 'Switch', lamp_id)"]

[[integration]]
name = "greet"
trigger = "entered"
on_failure = "Leave"
`

/** Has every key that an explanation speaks of. */
const bill = `[automaton]
name = "Bill"
version = 2
states = ["Open", "Paid", "Gone", "Deleted"]
initial = "Open"
terminal = ["Gone"]
strict_action_params = false

[[state]]
name = "total"
type = "int"

[[state]]
name = "open"
type = "bool"

[[state]]
name = "secret"
sensitive = true
overflow_inline_max_bytes = 64
overflow_ttl_seconds = 60
overflow_journal = "ref"

[[action]]
name = "Pay"
kind = "input"
from = ["Open"]
to = "Paid"
params = [
  { name = "amount", type = "int", required = true, amount = true },
  "secret",
  { name = "total", type = "int" },
  { name = "open", type = "bool" },
]
effect = ["total += params.amount", "emit('paid')"]

[[action]]
name = "Ping"
from = ["Paid"]
effect = "schedule('Ping', 5)"

[[action]]
name = "Expire"
from = ["Paid"]
to = "Gone"
params = ["why"]
effect = "cancel('Ping')"

[[action]]
name = "Delete"
to = "Deleted"

[[action]]
name = "Told"
kind = "output"

[[liveness]]
name = "Ends"
from = ["Paid"]
reaches = ["Gone"]

[[state_timeout]]
state = "Paid"
after_seconds = 3600
on_timeout = "Expire"
max_occurrences = 3
reset_on = ["Ping"]
args = { why = "late" }

[[integration]]
name = "receipt"
trigger = "paid"
module = "print"
on_failure = "Expire"
emits = ["Ping"]
timeout_ms = 500
guard = "total > 0"
retry = { max = 2 }

[[webhook]]
name = "paid"
path = "/paid"
action = "Pay"
entity_id = "query.id"
hmac_secret = "key"
hmac_header = "x-sign"

[webhook.extract]
secret = "body.key"

[[key]]
name = "once"
properties = ["secret"]

[[upcast]]
from_version = 1
rename_action = { Settle = "Pay" }
`

async function explain(...argv: string[]): Promise<string> {
  const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp, 'room.ioa.toml': room })
  const { exitCode, stdout, stderr } = await runCli(['explain', ...argv], { cwd })
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return stdout
}

describe('explain', () => {
  it('lists the actions of a spec when none is named', async () => {
    const listed = await explain('lamp.ioa.toml')
    expect(listed).toMatch(/^Action +From → to\n/)
    expect(listed).toMatch(/\nSwitch +Off → On\n/)
    expect(listed).toMatch(/\nBreak +Off, On → Broken\n/)
  })

  it('says where an action may be asked, where it leads, under which condition, and what it takes', async () => {
    const text = await explain('lamp.ioa.toml', 'Break')
    expect(text).toContain('Break, an action of Lamp (asked from outside)')
    expect(text).toContain(
      'It may be asked in Off or On, and leads to Broken, which is terminal: nothing follows.',
    )
    expect(text).toContain('It applies if switched is greater than 0.')
    expect(text).toContain('guard: switched > 0')
    expect(text).toMatch(/cause +string, required/)
    expect(text).toContain('cause is kept in the field of that name.')
  })

  it('numbers the rules of an action that has several, and says which one applies', async () => {
    const text = await explain('lamp.ioa.toml', 'Switch')
    expect(text).toContain(
      'It has 2 rules. Among those that fit the status, the first whose guard holds applies.',
    )
    expect(text).toMatch(/Rule 1\nIt may be asked in Off, and leads to On\./)
    expect(text).toMatch(/Rule 2\nIt may be asked in On, and leads to Off\./)
  })

  it('names the invariants that must hold afterwards, and no other', async () => {
    expect(await explain('lamp.ioa.toml', 'Switch')).toMatch(
      /OnWasSwitched +in On: switched is greater than 0/,
    )
    expect(await explain('lamp.ioa.toml', 'Break')).not.toContain('OnWasSwitched')
  })

  it('reads guards aloud, keeps what is nested in brackets, and says what is looked up', async () => {
    const text = await explain('room.ioa.toml', 'Enter')
    expect(text).toContain('Somebody comes in.')
    expect(text).toContain(
      "It applies if the status of the Lamp in lamp_id is 'On' and (guests is less than 3 or names contains 'boss').",
    )
    expect(text).toContain('It may be asked in every status that is not terminal, and the status stays.')
    expect(text).toContain('To decide, it looks up the status of the Lamp in lamp_id.')
    expect(text).toMatch(/code +int, may be left out, not kept in a field/)
  })

  it('says every effect in a sentence, and which integrations follow', async () => {
    const enter = await explain('room.ioa.toml', 'Enter')
    expect(enter).toContain('guests goes up by 1.')
    expect(enter).toContain('params.guest is appended to names.')
    expect(enter).toContain(
      "After its commit the integration 'greet' (handler) runs, and answers with Leave when it fails.",
    )
    const leave = await explain('room.ioa.toml', 'Leave')
    expect(leave).toContain('guests goes down by 1, not below 0.')
    expect(leave).toContain('The item at 0 is removed from names.')
    expect(leave).toContain('names is emptied.')
    const close = await explain('room.ioa.toml', 'Close')
    expect(close).toContain('Leave is asked of the entity in 60 seconds.')
    expect(close).toContain('A new Lamp is created and asked to Switch. Its id is kept in lamp_id.')
  })

  it.each([
    ['Pay', 'amount  int, required, never negative; a number in quotes is read as that number'],
    ['Pay', 'secret  string, may be left out, masked where it is shown'],
    ['Pay', '- secret becomes the value that is given, "" where null is given; left out, it stays.'],
    ['Pay', '- The param total is not assigned: an effect writes total.'],
    ['Pay', '- The param open is not assigned: open is a bool, which only effects change.'],
    [
      'Pay',
      'Above 64 bytes, the value of secret is stored as a blob, which may be deleted after 60 seconds.',
    ],
    ['Pay', 'The event holds only the reference too.'],
    ['Pay', "No two may have the same secret: the key 'once' is unique."],
    ['Pay', 'Params that it does not declare are kept in the fields of their names.'],
    ['Pay', 'Events of version 1 call it Settle.'],
    [
      'Pay',
      "The webhook 'paid', POST /paid, asks it (the entity is in query.id; secret comes from body.key; it must be signed in x-sign).",
    ],
    ['Pay', 'When Paid has lasted 3600 seconds, Expire is asked.'],
    ['Pay', 'From Paid, Gone must be reached in the end (Ends).'],
    [
      'Pay',
      "the integration 'receipt' (handler print) runs if total is greater than 0, and answers with Expire when it fails and perhaps with Ping; each attempt may take 500 ms and it is tried again up to 2 times.",
    ],
    ['Ping', 'It starts the 3600 seconds of Paid again.'],
    ['Ping', "The integration 'receipt' answers with it when it wants to."],
    ['Ping', 'Ping schedules it for later.'],
    ['Ping', 'What was scheduled is cancelled by Expire.'],
    ['Expire', 'It is asked when Paid has lasted 3600 seconds, up to 3 times, with {"why":"late"}.'],
    ['Expire', "The integration 'receipt' answers with it when it fails."],
    ['Delete', 'and deletes the entity: nothing follows.'],
    [
      'Told',
      'It says what the entity tells others in every status that is not terminal; asking it is refused.',
    ],
  ])('says of every key what it means for %s: %s', async (action, sentence) => {
    const cwd = await makeWorkspace({ 'bill.ioa.toml': bill })
    const { exitCode, stdout } = await runCli(['explain', 'bill.ioa.toml', action], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain(sentence)
  })

  it('suggests the nearest action for one that is not there, and ends with 2', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const { exitCode, stderr } = await runCli(['explain', 'lamp.ioa.toml', 'Swich'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toBe("error unknown_action: Lamp has no action 'Swich'\n  = did you mean 'Switch'?\n")
  })

  it('ends with 1 on a spec with errors', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': broken })
    const { exitCode, stderr } = await runCli(['explain', 'lamp.ioa.toml'], { cwd })
    expect(exitCode).toBe(1)
    expect(stderr).toContain("'perdure check lamp.ioa.toml' shows them in their lines")
  })
})
