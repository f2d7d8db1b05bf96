import { scenario } from '@perdure/testkit'
import type { EntitySpec } from '@perdure/core'
import { describe, expect, it, vi } from 'vitest'
import { sessionSpec, specFrom } from '../arbitraries/specs.ts'

const running = scenario(sessionSpec).given([['Configure', { prompt: 'hello' }], 'Start'])

describe('given, when, then', () => {
  it('a refusal: its code, and what it says', () => {
    running
      .when('Finish')
      .thenRejected('guard_failed', 'turns > 0')
      .thenState({ status: 'Running', turns: 0 })
    running.when('Turn', { nonsense: 1 }).thenRejected('undeclared_param', /nonsense/)
  })

  it('an event and the state after it', () => {
    running
      .when('Turn', { result: { ok: true } })
      .thenEvent({
        action: 'Turn',
        from: 'Running',
        to: 'Running',
        effects: [
          ['turns', '+', 1],
          ['result', 'param', 'result'],
        ],
      })
      .thenState({ turns: 1, result: { ok: true } })
      .when('Finish')
      .thenEvent('Finish')
      .thenState({ status: 'Done' })
  })

  it('overflowed fields have their values, until they expire', () => {
    const long = 'x'.repeat(100)
    const turned = running.when('Turn', { result: long })
    expect(turned.state.refs['result']).toBeDefined()
    turned.thenState({ result: long }).after({ seconds: 3_599 }).thenState({ result: long })
    turned.after({ seconds: 3_600 }).thenNothing().thenState({ result: undefined, status: 'Running' })
  })

  it('creation, fields and deletion', () => {
    scenario(sessionSpec).whenCreated({ budget: 3 }).thenEvent('Created').thenState({ budget: 3 })
    scenario(sessionSpec).whenCreated({ budget: -1 }).thenRejected('invariant_violated')
    running.whenFieldsUpdated({ budget: 1 }).thenEvent('FieldsUpdated').thenState({ budget: 1 })
    running.whenDeleted().thenEvent('Deleted').when('Finish').thenRejected('entity_deleted')
  })

  it('events of a log, as they were stored', () => {
    const events = [running.when('Turn').state.version]
    expect(events).toEqual([4])
    const logged = scenario(sessionSpec).whenCreated()
    const event = {
      tenant: 'default',
      type: 'Session',
      id: 's-1',
      sequence: 2,
      eventId: 'e',
      action: 'Legacy',
      from: 'Created',
      to: 'Running',
      params: {},
      effects: [['turns', '+', 2]] as const,
      at: 1_700_000_001_000,
      specHash: 'old',
      specVersion: 1,
    }
    logged.given([event]).when('Finish').thenState({ status: 'Done', turns: 2 })
  })

  it('branches: what a scenario is built on stays as it was', () => {
    const turned = running.when('Turn')
    running.when('Finish').thenRejected('guard_failed')
    turned.when('Finish').thenEvent('Finish')
  })
})

describe('a wrong expectation fails, and says what was seen', () => {
  it.each([
    ['a refusal that did not come', () => running.when('Turn').thenRejected('guard_failed'), /Turn happened/],
    ['another refusal', () => running.when('Finish').thenRejected('wrong_status'), /it was guard_failed/],
    ['another message', () => running.when('Finish').thenRejected('guard_failed', 'money'), /to say money/],
    ['an event that was refused', () => running.when('Finish').thenEvent('Finish'), /it was refused/],
    ['another event', () => running.when('Turn').thenEvent('Finish'), /action is "Turn"/],
    ['another state', () => running.when('Turn').thenState({ turns: 2 }), /turns is 1, and should be 2/],
    ['a field that is not there', () => running.thenState({ nonsense: 1 }), /nonsense is undefined/],
    ['an inherited name', () => running.thenState({ toString: 1 }), /toString is undefined/],
    ['nothing', () => running.when('Turn').thenNothing(), /Turn happened/],
    ['something given that cannot be', () => running.given(['Finish']), /cannot have happened/],
  ])('%s', (_, example, message) => {
    expect(example).toThrow(message)
  })
})

describe('time', () => {
  const timed: EntitySpec = specFrom(`
[automaton]
name = "Order"
states = ["Open", "Waiting", "Closed"]
initial = "Open"
terminal = ["Closed"]

[[state]]
name = "pings"
type = "counter"

[[action]]
name = "Wait"
from = ["Open"]
to = "Waiting"
effect = "schedule('Ping', 10)"

[[action]]
name = "Ping"
effect = "pings += 1"

[[action]]
name = "Calm"
effect = "cancel('Ping')"

[[action]]
name = "Poke"
from = ["Waiting"]

[[action]]
name = "GiveUp"
from = ["Waiting"]
to = "Closed"

[[action]]
name = "Back"
from = ["Waiting"]
to = "Open"

[[state_timeout]]
state = "Waiting"
after_seconds = 60
on_timeout = "GiveUp"
reset_on = ["Poke"]
`)
  const waiting = scenario(timed).given(['Wait'])

  it('fires what an effect scheduled, at its time', () => {
    waiting
      .after({ seconds: 9 })
      .thenNothing()
      .after({ seconds: 1 })
      .thenEvent('Ping')
      .thenState({ pings: 1 })
  })

  it('fires timers in order, with the times they were due', () => {
    const later = waiting.after({ seconds: 100 }).thenEvent('Ping', 'GiveUp').thenState({ status: 'Closed' })
    expect(later.state.version).toBe(4)
  })

  it('forgets what was cancelled, and the timeout of a status that was left', () => {
    waiting.when('Calm').after({ seconds: 10 }).thenNothing()
    waiting.when('Back').after({ seconds: 100 }).thenEvent('Ping').thenState({ status: 'Open' })
  })

  it('starts a timeout anew on the actions that reset it', () => {
    const poked = waiting.when('Calm').after({ seconds: 50 }).when('Poke')
    poked.after({ seconds: 59 }).thenNothing()
    poked.after({ seconds: 60 }).thenEvent('GiveUp')
  })

  it("is its own: vitest's fake timers change nothing", () => {
    vi.useFakeTimers()
    waiting.after({ seconds: 10 }).thenEvent('Ping')
    vi.useRealTimers()
  })
})

it('knows the statuses of other entities that it was told', () => {
  const spec = specFrom(`
[automaton]
name = "Task"
states = ["Open", "Done"]
initial = "Open"
terminal = ["Done"]

[[state]]
name = "parent"
type = "ref"
entity_type = "Session"

[[action]]
name = "Close"
to = "Done"
guard = "Session[parent].status == 'Done'"
`)
  const task = scenario(spec).given([['Created', { parent: 's-1' }]])
  task.when('Close').thenRejected('guard_failed')
  task.where({ 'Session/s-1': 'Done' }).when('Close').thenEvent('Close')
  task.where({ 'Session/s-1': 'Running' }).when('Close').thenRejected('guard_failed')
})
