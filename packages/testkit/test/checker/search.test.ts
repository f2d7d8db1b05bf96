// The search itself: counts, limits, several words, order, progress.
import { describe, expect, it } from 'vitest'
import { verifySpec } from '../../src/checker/verify-spec.ts'
import { exitCodeOf } from '../../src/checker/report.ts'
import { action, automaton, invariant, parsed, propertyOf, variable, verified } from './helpers.ts'
import { ordersSpec } from './three-orders.ts'

describe('the search', () => {
  it('finds the 512,000 states and 2,553,600 transitions of three interleaved orders', () => {
    const { states, transitions, verdict } = verified(ordersSpec(3), { conformance: 200 })
    expect({ states, transitions, verdict }).toEqual({
      states: 512_000,
      transitions: 2_553_600,
      verdict: 'pass',
    })
  }, 60_000)

  it('leaves out what no guard and no invariant looks at', () => {
    const report = verified(
      automaton(
        ['A', 'B'],
        ['B'],
        variable('seen', 'counter') +
          variable('unseen', 'counter') +
          action('Look', 'A', undefined, 'effect = ["seen += 1", "unseen += 1"]') +
          action('Go', 'A', 'B', 'guard = "seen > 1"'),
      ),
    )
    expect(report.variables).toEqual(['seen'])
    // 0, 1 and "2 or more" in A, "2 or more" in B.
    expect(report.states).toBe(4)
  })

  it('follows what a guard looks at only by way of another variable', () => {
    const report = verified(
      automaton(
        ['A', 'B'],
        ['B'],
        variable('limit', 'int', '2') +
          variable('copied', 'int') +
          action('Copy', 'A', undefined, 'effect = "copied = limit"') +
          action('Go', 'A', 'B', 'guard = "copied == 2"') +
          invariant('Small', 'copied <= 2'),
      ),
    )
    expect(report.variables).toEqual(['limit', 'copied'])
    expect(report.verdict).toBe('pass')
  })

  it('tells states of more than 53 bits apart', () => {
    const names = Array.from({ length: 8 }, (_, index) => `n${index}`)
    const text = automaton(
      ['A', 'B'],
      ['B'],
      names
        .map(
          (name) =>
            variable(name, 'counter') +
            action(`Add_${name}`, 'A', undefined, `effect = "${name} += 400"`, `guard = "${name} < 800"`),
        )
        .join('') + action('Go', 'A', 'B'),
    )
    const report = verified(text, { conformance: 50 })
    expect(report.states).toBe(2 * 3 ** 8)
    expect(report.verdict).toBe('pass')
  })

  it('is inconclusive when a limit is met, never a pass', () => {
    const report = verified(ordersSpec(2), { maxStates: 1_000, conformance: 0 })
    expect([report.verdict, report.limit]).toEqual(['inconclusive', 'maxStates'])
    expect(propertyOf(report, 'deadlock').status).toBe('inconclusive')
    let now = 0
    const clock = { now: () => (now += 1_000) }
    expect(verified(ordersSpec(2), { maxMillis: 3_000, clock, conformance: 0 }).limit).toBe('maxMillis')
    expect(verified(ordersSpec(3), { maxMemoryMB: 1, conformance: 0 }).limit).toBe('maxMemoryMB')
  })

  it('fails for what it found before a limit was met', () => {
    const text = ordersSpec(2).replace('initial =', 'enforce_invariants = false\ninitial =')
    const broken = text + invariant('Draft', "stage1 == 'draft'")
    const report = verified(broken, { maxStates: 1_000, conformance: 0 })
    expect([report.verdict, report.limit]).toEqual(['fail', 'maxStates'])
  })

  it('tells how it is getting on', () => {
    let now = 0
    const seen: number[] = []
    verified(ordersSpec(2), {
      clock: { now: () => (now += 100) },
      conformance: 0,
      onProgress: ({ states, name }) => seen.push(name === 'Orders' ? states : -1),
    })
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.every((states, index) => states > (seen[index - 1] ?? 0))).toBe(true)
  })

  it('gives the same report every time', () => {
    const clock = { now: () => 0 }
    const text = ordersSpec(1) + invariant('Few', 'items1 < 3')
    expect(verified(text, { clock })).toEqual(verified(text, { clock }))
  })

  it('checks several specs one by one; the worst decides, and the exit code says so', () => {
    const good = parsed(automaton(['A', 'B'], ['B'], action('Go', 'A', 'B')))
    const bad = parsed(automaton(['A', 'B', 'C'], ['C'], action('Go', 'A', 'B')).replace('Thing', 'Other'))
    expect(exitCodeOf(verifySpec(good))).toBe(0)
    const report = verifySpec([good, bad])
    expect(report.specs.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['Thing', 'pass'],
      ['Other', 'fail'],
    ])
    expect(exitCodeOf(report)).toBe(1)
    expect(exitCodeOf({ verdict: 'inconclusive' })).toBe(2)
  })

  it('gives a report that survives JSON', () => {
    const report = verifySpec(parsed(ordersSpec(1) + invariant('Few', 'items1 < 3')), { mutation: true })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })
})

describe('params, lists and texts', () => {
  it('are told apart by what guards ask: a text must have been seen before', () => {
    const text = automaton(
      ['Open', 'Voted'],
      ['Voted'],
      variable('voters', 'set') +
        action(
          'Vote',
          'Open',
          undefined,
          'params = [{ name = "who", required = true }]',
          'guard = "params.who not in voters && !empty(params.who)"',
          'effect = "append(voters, params.who)"',
        ) +
        action('Close', 'Open', 'Voted', 'guard = "len(voters) >= 3"') +
        invariant('Enough', "status == 'Voted' => len(voters) >= 3"),
    )
    const report = verified(text)
    expect(report.verdict).toBe('pass')
    expect(propertyOf(report, 'unreachable_state', 'Voted').status).toBe('holds')
  })

  it('let only the owner act where a guard compares a param with a variable', () => {
    const owned = (guard: string): string =>
      automaton(
        ['Open', 'Closed'],
        ['Closed'],
        variable('owner', 'string') +
          variable('byOwner', 'bool') +
          action(
            'Claim',
            'Open',
            undefined,
            'params = [{ name = "owner", required = true }]',
            'guard = "empty(owner) && !empty(params.owner)"',
          ) +
          action(
            'Sign',
            'Open',
            undefined,
            'params = [{ name = "who", required = true }]',
            `guard = "${guard}"`,
            'effect = "byOwner = true"',
          ) +
          action('Close', 'Open', 'Closed', 'guard = "byOwner"') +
          invariant('Owned', "status == 'Closed' => !empty(owner)"),
      )
    expect(verified(owned('params.who == owner && !empty(owner)')).verdict).toBe('pass')
    const report = verified(owned('params.who == owner'))
    const property = propertyOf(report, 'invariant', 'Owned')
    expect(property.trace?.steps.map(({ action: name }) => name)).toEqual(['Sign', 'Close'])
  })

  it('leave open whether an item that nobody mentions is the one that is asked for', () => {
    const text = automaton(
      ['Open', 'Closed'],
      ['Closed'],
      variable('owner', 'string') +
        variable('voters', 'list') +
        action(
          'Claim',
          'Open',
          undefined,
          'params = [{ name = "owner", required = true }]',
          'effect = "append(voters, params.owner)"',
        ) +
        action(
          'Close',
          'Open',
          'Closed',
          'params = [{ name = "who", required = true }]',
          'guard = "params.who in voters && params.who == owner"',
        ),
    )
    expect(propertyOf(verified(text), 'conformance').message).toMatch(/came out alike/)
  })

  it('know that a list with repeats is no set', () => {
    const text = automaton(
      ['Open', 'Closed'],
      ['Closed'],
      variable('tags', 'list') +
        variable('unique', 'set') +
        action('Tag', 'Open', undefined, `effect = "append(tags, 'x')"`) +
        action(
          'Sift',
          'Open',
          'Closed',
          'effect = "unique = tags"',
          'guard = "len(unique) == 0 && len(tags) < 4"',
        ),
    )
    expect(propertyOf(verified(text), 'conformance').message).toMatch(/came out alike/)
  })

  it('follow amounts that commands bring', () => {
    const account = (guard: string): string =>
      automaton(
        ['Open', 'Closed'],
        ['Closed'],
        variable('balance', 'int') +
          action(
            'Withdraw',
            'Open',
            undefined,
            'params = [{ name = "amount", type = "int", required = true }]',
            `guard = "${guard}"`,
            'effect = "balance -= params.amount"',
          ) +
          action('Close', 'Open', 'Closed') +
          invariant('Solvent', 'balance >= 0'),
      )
    const broken = propertyOf(verified(account('params.amount <= 3')), 'invariant', 'Solvent')
    expect(broken.trace?.steps).toHaveLength(1)
    expect(statusOf('params.amount <= 0')).toBe('holds')
    function statusOf(guard: string): string {
      return propertyOf(verified(account(guard)), 'invariant', 'Solvent').status
    }
  })
})
