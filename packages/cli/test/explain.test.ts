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
