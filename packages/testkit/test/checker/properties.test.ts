// Every property of the checker, once where it holds and once where it does not.
import { describe, expect, it } from 'vitest'
import {
  action,
  actionsOf,
  automaton,
  invariant,
  propertyOf,
  statusOf,
  variable,
  verified,
} from './helpers.ts'

const jobs = (rest: string): string => automaton(['Open', 'Running', 'Done'], ['Done'], rest)

describe('invariants', () => {
  const worked = (guard: string): string =>
    jobs(
      variable('turns', 'counter') +
        action('Start', 'Open', 'Running') +
        action('Turn', 'Running', undefined, 'effect = "turns += 1"') +
        action('Finish', 'Running', 'Done', `guard = "${guard}"`) +
        invariant('DoneMeansWorked', "status == 'Done' => turns > 0"),
    )

  it('hold when the guards see to it', () => {
    const report = verified(worked('turns > 0'))
    expect(propertyOf(report, 'invariant', 'DoneMeansWorked').status).toBe('holds')
    expect(report.verdict).toBe('pass')
  })

  it('are refuted by a shortest run of the real entity, which refuses its last command', () => {
    const report = verified(worked('turns >= 0'))
    const property = propertyOf(report, 'invariant', 'DoneMeansWorked')
    expect(property.status).toBe('violated')
    expect(actionsOf(property)).toEqual(['Start', 'Finish'])
    expect(property.trace?.steps.at(-1)?.refusal?.code).toBe('invariant_violated')
    expect(report.verdict).toBe('fail')
  })

  it('are refuted by a run that is accepted where they are not enforced', () => {
    const text = worked('turns >= 0').replace('terminal =', 'enforce_invariants = false\nterminal =')
    const property = propertyOf(verified(text), 'invariant', 'DoneMeansWorked')
    expect(property.trace?.steps.map(({ to, refusal }) => [to, refusal])).toEqual([
      ['Running', undefined],
      ['Done', undefined],
    ])
  })

  it('are asked of the initial state, unless creation is said to bring fields that satisfy them', () => {
    const text = jobs(
      variable('owner', 'string') +
        action('Start', 'Open', 'Running') +
        action('Finish', 'Running', 'Done') +
        invariant('Owned', '!empty(owner)'),
    )
    const bare = propertyOf(verified(text), 'invariant', 'Owned')
    expect([bare.status, bare.trace?.steps]).toEqual(['violated', []])
    expect(statusOf(text, 'invariant', 'Owned', { create: { owner: 'ann' } })).toBe('holds')
    expect(statusOf(text, 'invariant', 'Owned', { create: 'any' })).toBe('holds')
  })

  it('are open, never proved, when they read the status of other entities', () => {
    const text = jobs(
      variable('order', 'ref') +
        action('Start', 'Open', 'Running', 'params = [{ name = "order", type = "ref", required = true }]') +
        action('Finish', 'Running', 'Done') +
        invariant('Paid', "empty(order) || Order[order].status == 'Paid'"),
    )
    const report = verified(text)
    expect(propertyOf(report, 'invariant', 'Paid').status).toBe('inconclusive')
    expect(report.verdict).toBe('inconclusive')
  })
})

describe('a bounded counter', () => {
  const limited = (guard: string): string =>
    jobs(
      variable('count', 'counter') +
        action('Add', 'Open', undefined, 'effect = "count += 1"', guard) +
        action('Finish', 'Open', 'Done') +
        invariant('AtMostFive', 'count <= 5'),
    )

  it('is not taken for safe because the search stops counting: six steps break count <= 5', () => {
    const property = propertyOf(verified(limited('')), 'invariant', 'AtMostFive')
    expect(property.status).toBe('violated')
    expect(actionsOf(property)).toEqual(['Add', 'Add', 'Add', 'Add', 'Add', 'Add'])
  })

  it('is proved for all values when a guard bounds it', () => {
    expect(statusOf(limited('guard = "count < 5"'), 'invariant', 'AtMostFive')).toBe('holds')
  })

  it('that goes down from far above is proved by telling more numbers apart', () => {
    const text = jobs(
      variable('count', 'counter') +
        action('Add', 'Open', undefined, 'effect = "count += 1"') +
        action('Drop', 'Open', undefined, 'effect = "count -= 1"', 'guard = "count > 2"') +
        action('Finish', 'Open', 'Done', 'guard = "count > 0"') +
        invariant('Never', "status == 'Done' => count >= 1"),
    )
    expect(statusOf(text, 'invariant', 'Never')).toBe('holds')
  })

  it('compared with another that grows with it is left open, not guessed', () => {
    const text = jobs(
      variable('sent', 'counter') +
        variable('total', 'counter') +
        action('Add', 'Open', undefined, 'effect = ["total += 1"]') +
        action('Send', 'Open', undefined, 'effect = ["sent += 1"]', 'guard = "sent < total"') +
        action('Finish', 'Open', 'Done') +
        invariant('NotMore', 'sent <= total'),
    )
    const report = verified(text, { maxMargin: 2 })
    expect(propertyOf(report, 'invariant', 'NotMore').status).toBe('inconclusive')
    expect(report.margin).toBe(3)
  })
})

describe('deadlock', () => {
  const stuck = (rest: string): string =>
    jobs(
      variable('ready', 'bool') +
        action('Start', 'Open', 'Running') +
        action('Finish', 'Running', 'Done', 'guard = "ready"') +
        rest,
    )

  it('names the guards that block', () => {
    const property = propertyOf(verified(stuck('')), 'deadlock')
    expect(property.status).toBe('violated')
    expect(actionsOf(property)).toEqual(['Start'])
    expect(property.message).toMatch(/Running: Finish .*ready was false/)
  })

  it('is absent when some command is accepted in every state', () => {
    expect(
      statusOf(stuck(action('Prepare', 'Running', undefined, 'effect = "ready = true"')), 'deadlock'),
    ).toBe('holds')
  })

  it('is no matter in statuses that may be stayed in', () => {
    const text = stuck('').replace('terminal =', 'allow_indefinite_states = ["Running"]\nterminal =')
    expect(statusOf(text, 'deadlock')).toBe('holds')
  })

  it('is not seen where another entity may come to the status that a guard waits for', () => {
    const text = jobs(
      variable('order', 'ref') +
        action('Start', 'Open', 'Running', 'params = [{ name = "order", type = "ref", required = true }]') +
        action('Finish', 'Running', 'Done', `guard = "Order[order].status == 'Paid'"`),
    )
    const empty = propertyOf(verified(text), 'deadlock')
    // An empty id names nobody: the checker finds that it can be given.
    expect(empty.trace?.steps[0]?.params).toEqual({ order: '' })
    const guarded = text.replace('required = true }]', 'required = true }]\nguard = "!empty(params.order)"')
    const report = verified(guarded)
    expect(propertyOf(report, 'deadlock').status).toBe('holds')
    expect(report.assumptions).toContain('a Order may have any status at any time')
  })
})

describe('has_actions', () => {
  const liveness = `
[[liveness]]
name = "Lively"
from = ["Running"]
has_actions = true
`
  it('holds when some command is accepted in each of its statuses', () => {
    const text = jobs(action('Start', 'Open', 'Running') + action('Finish', 'Running', 'Done') + liveness)
    expect(statusOf(text, 'has_actions', 'Lively')).toBe('holds')
  })

  it('is refuted by a state that accepts nothing', () => {
    const text = jobs(
      variable('ready', 'bool') +
        action('Start', 'Open', 'Running') +
        action('Finish', 'Running', 'Done', 'guard = "ready"') +
        liveness,
    )
    expect(statusOf(text, 'has_actions', 'Lively')).toBe('violated')
  })
})

describe('the structure of a spec', () => {
  const text = jobs(
    variable('turns', 'counter') +
      action('Start', 'Open', 'Running') +
      action('Finish', 'Running', 'Done', 'guard = "turns > 3"') +
      action('Spin', 'Running', undefined, 'guard = "turns < 1"') +
      invariant('WhenDone', "status == 'Done' => turns > 3"),
  )

  it('shows statuses that no run enters, rules that never apply, guards that never or always hold', () => {
    const report = verified(text)
    const status = (kind: Parameters<typeof propertyOf>[1], name: string): string =>
      propertyOf(report, kind, name).status
    expect(status('unreachable_state', 'Done')).toBe('violated')
    expect(status('unreachable_state', 'Running')).toBe('holds')
    expect(status('dead_action', 'Finish')).toBe('violated')
    expect(status('dead_action', 'Spin')).toBe('holds')
    expect(status('guard_never_true', 'Finish')).toBe('violated')
    expect(status('guard_never_true', 'Spin')).toBe('holds')
    expect(status('guard_never_false', 'Spin')).toBe('violated')
    expect(status('guard_never_false', 'Finish')).toBe('holds')
    expect(status('vacuous_invariant', 'WhenDone')).toBe('violated')
  })

  it('does not take for real what only lost detail makes seem so', () => {
    // The list is empty again after each Pass: no text is ever in it, though the abstraction cannot tell.
    const passing = jobs(
      variable('tags', 'list') +
        action('Pass', 'Open', undefined, `effect = ["append(tags, 'a')", "remove(tags, 'a')"]`) +
        action('Ask', 'Open', undefined, `guard = "!(params.t in tags)"\nparams = ["t"]`) +
        action('Tag', 'Running', undefined, `effect = "append(tags, 'a')"`),
    )
    for (const maxMargin of [0, 1, 4]) {
      const { status } = propertyOf(verified(passing, { maxMargin }), 'guard_never_false', 'Ask')
      expect(status).not.toBe('holds')
    }
  })

  it('is a matter of warnings, which decide nothing unless they are asked to', () => {
    expect(verified(text).verdict).toBe('pass')
    expect(verified(text, { severities: { dead_action: 'error' } }).verdict).toBe('fail')
    const quiet = verified(text, { severities: { dead_action: 'off' } })
    expect(quiet.properties.some(({ kind }) => kind === 'dead_action')).toBe(false)
  })

  it('tells the rules of one action apart', () => {
    const rules = jobs(
      action('Go', 'Open', 'Running') + action('Go', 'Open', 'Done') + action('End', 'Running', 'Done'),
    )
    expect(statusOf(rules, 'dead_action', 'Go (rule 1)')).toBe('holds')
    expect(statusOf(rules, 'dead_action', 'Go (rule 2)')).toBe('violated')
  })
})

describe('preceded_by', () => {
  const ordered = (rest: string): string =>
    automaton(
      ['Open', 'Paid', 'Shipped'],
      ['Shipped'],
      `${rest}
[[invariant]]
name = "PaidFirst"
assert = "ordering(Paid, Shipped)"
`,
    )

  it('holds when every run has been there first', () => {
    const text = ordered(action('Pay', 'Open', 'Paid') + action('Ship', 'Paid', 'Shipped'))
    expect(statusOf(text, 'preceded_by', 'PaidFirst')).toBe('holds')
  })

  it('is refuted by a run that goes past it', () => {
    const text = ordered(
      action('Pay', 'Open', 'Paid') + action('Ship', 'Paid', 'Shipped') + action('Gift', 'Open', 'Shipped'),
    )
    expect(actionsOf(propertyOf(verified(text), 'preceded_by', 'PaidFirst'))).toEqual(['Gift'])
  })
})

describe('creation', () => {
  it('is reported when a field invariant refuses it, and accepted with the fields it asks for', () => {
    const text = jobs(
      variable('owner', 'string') +
        action('Start', 'Open', 'Done') +
        `
[[field_invariant]]
name = "Owned"
assert = "!empty(owner)"
message = "an owner is needed"
`,
    )
    const bare = propertyOf(verified(text), 'creation')
    expect([bare.status, bare.severity]).toEqual(['violated', 'warning'])
    expect(statusOf(text, 'creation', '', { create: { owner: 'ann' } })).toBe('holds')
  })
})
