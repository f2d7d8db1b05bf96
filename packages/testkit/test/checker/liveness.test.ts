// Liveness: what can always still happen, and what must happen when fair actions get their turn.
import { describe, expect, it } from 'vitest'
import type { SpecReport } from '../../src/checker/report.ts'
import type { VerifyOptions } from '../../src/checker/verify-options.ts'
import { action, actionsOf, automaton, propertyOf, statusOf, variable, verified } from './helpers.ts'

const ends = `
[[liveness]]
name = "Ends"
from = ["Running"]
reaches = ["Done"]
`

const jobs = (rest: string): string =>
  automaton(['Open', 'Running', 'Waiting', 'Done'], ['Done'], rest + ends)

/** As `action`, of the kind that is taken on its own. */
const internal = (...parts: Parameters<typeof action>): string =>
  action(...parts).replace('"input"', '"internal"')

function both(report: SpecReport): readonly string[] {
  return [propertyOf(report, 'possible', 'Ends').status, propertyOf(report, 'inevitable', 'Ends').status]
}

describe('reaches', () => {
  it('is possible but not inevitable when somebody has to ask for it', () => {
    const report = verified(jobs(action('Start', 'Open', 'Running') + action('Finish', 'Running', 'Done')))
    expect(both(report)).toEqual(['holds', 'violated'])
    expect(propertyOf(report, 'inevitable', 'Ends').message).toMatch(/wait in Running for ever/)
    expect(report.verdict).toBe('pass')
  })

  it('fails the verdict when inevitability is what is asked', () => {
    const text = jobs(action('Start', 'Open', 'Running') + action('Finish', 'Running', 'Done'))
    expect(verified(text, { liveness: 'inevitable' }).verdict).toBe('fail')
    expect(verified(text, { liveness: 'inevitable', fair: ['Finish'] }).verdict).toBe('pass')
  })

  it('is inevitable when an internal action leads there', () => {
    const text = jobs(action('Start', 'Open', 'Running') + internal('Finish', 'Running', 'Done'))
    expect(both(verified(text))).toEqual(['holds', 'holds'])
  })

  it('is inevitable when a timeout leads there', () => {
    const text = jobs(
      `${action('Start', 'Open', 'Running')}${action('Expire', 'Running', 'Done')}
[[state_timeout]]
state = "Running"
after_seconds = 60
on_timeout = "Expire"
`,
    )
    expect(both(verified(text))).toEqual(['holds', 'holds'])
  })

  it('is not possible from a trap, and the shortest way into it is shown', () => {
    const text = jobs(
      action('Start', 'Open', 'Running') +
        action('Finish', 'Running', 'Done') +
        variable('broken', 'bool') +
        action('Break', 'Running', undefined, 'effect = "broken = true"') +
        action('Look', 'Running', undefined, 'guard = "broken"'),
    ).replace('to = "Done"', 'to = "Done"\nguard = "!broken"')
    const property = propertyOf(verified(text), 'possible', 'Ends')
    expect(property.status).toBe('violated')
    expect(actionsOf(property)).toEqual(['Start', 'Break'])
  })

  it('is not inevitable when a run can go round for ever with everybody getting their turn', () => {
    const text = jobs(
      action('Start', 'Open', 'Running') +
        internal('Rest', 'Running', 'Waiting') +
        internal('Resume', 'Waiting', 'Running') +
        internal('Finish', 'Running', 'Done'),
    )
    const property = propertyOf(verified(text), 'inevitable', 'Ends')
    expect(property.status).toBe('violated')
    expect(property.trace?.loopsFrom).toBe(1)
    expect(actionsOf(property).slice(1)).toEqual(['Rest', 'Resume'])
  })

  it('is inevitable when an action that stays possible leads there, whatever else goes round', () => {
    const text = jobs(
      action('Start', 'Open', 'Running') +
        internal('Turn', 'Running', undefined) +
        internal('Finish', 'Running', 'Done'),
    )
    expect(both(verified(text))).toEqual(['holds', 'holds'])
  })

  it('is open when whether the way out is open depends on what the model leaves out', () => {
    const text = jobs(
      variable('sent', 'counter') +
        variable('total', 'counter') +
        action('Send', 'Open', undefined, 'effect = "sent += 1"') +
        action('Count', 'Open', undefined, 'effect = "total += 1"') +
        action('Start', 'Open', 'Running') +
        action('Finish', 'Running', 'Done', 'guard = "sent != total || total == sent"'),
    )
    const report = verified(text, { maxMargin: 1 })
    expect(propertyOf(report, 'possible', 'Ends').status).toBe('inconclusive')
    expect(report.verdict).toBe('inconclusive')
  })

  it('is possible when one choice of params is sure to lead there, though another may not', () => {
    const text = jobs(
      variable('sent', 'counter') +
        variable('total', 'counter') +
        action('Send', 'Open', undefined, 'effect = "sent += 1"') +
        action('Count', 'Open', undefined, 'effect = "total += 1"') +
        action('Start', 'Open', 'Running') +
        action(
          'Finish',
          'Running',
          'Done',
          'params = [{ name = "force", type = "bool" }]',
          'guard = "params.force || sent == total"',
        ),
    )
    expect(statusOf(text, 'possible', 'Ends')).toBe('holds')
  })

  it('is not refuted by a trap that no real run falls into', () => {
    const text = jobs(
      variable('count', 'counter') +
        action('Load', 'Open', 'Waiting', 'effect = "count += 100"') +
        action('Drop', 'Waiting', 'Running', 'effect = "count -= 1"') +
        action('Finish', 'Running', 'Done', 'guard = "count > 1"'),
    )
    expect(statusOf(text, 'possible', 'Ends')).toBe('holds')
  })

  it('is not taken for possible because a list might hold what nobody put there', () => {
    const text = jobs(
      variable('voters', 'list') +
        action('Vote', 'Open', 'Running', `effect = "append(voters, 'a')"`) +
        action(
          'Finish',
          'Running',
          'Done',
          'params = [{ name = "who", required = true }]',
          `guard = "params.who in voters && params.who != 'a'"`,
        ),
    )
    expect(statusOf(text, 'possible', 'Ends')).not.toBe('holds')
  })

  it('is not taken for inevitable where it takes another entity', () => {
    const text = jobs(
      variable('order', 'ref') +
        action(
          'Start',
          'Open',
          'Running',
          'params = [{ name = "order", type = "ref", required = true }]',
          'guard = "!empty(params.order)"',
        ) +
        internal('Finish', 'Running', 'Done', `guard = "Order[order].status == 'Paid'"`),
    )
    expect(both(verified(text))).toEqual(['holds', 'inconclusive'])
  })

  it('is not refuted by going round while a counter goes down, however large it was', () => {
    const text = jobs(
      variable('left', 'counter') +
        action('Load', 'Open', undefined, 'effect = "left += 100"') +
        action('Start', 'Open', 'Running') +
        internal('Work', 'Running', undefined, 'guard = "left > 0"', 'effect = "left -= 1"') +
        internal('Finish', 'Running', 'Done', 'guard = "left == 0"'),
    )
    expect(statusOf(text, 'possible', 'Ends')).toBe('holds')
    // A cycle of the model that no real run can repeat is no counterexample; nor is it a proof.
    expect(statusOf(text, 'inevitable', 'Ends')).not.toBe('violated')
  })

  it('is not inevitable when going round only counts upwards', () => {
    const text = jobs(
      variable('turns', 'counter') +
        action('Start', 'Open', 'Running') +
        internal('Turn', 'Running', undefined, 'effect = "turns += 1"') +
        internal('Finish', 'Running', 'Done', 'guard = "turns == 2"'),
    )
    const property = propertyOf(verified(text), 'inevitable', 'Ends')
    expect(property.status).toBe('violated')
    expect(property.trace?.loopsFrom).toBeGreaterThanOrEqual(4)
    expect(statusOf(text, 'possible', 'Ends')).toBe('violated')
  })

  it('is inevitable under strong fairness where what leads there is possible again and again', () => {
    const text = jobs(
      action('Start', 'Open', 'Running') +
        internal('Pause', 'Running', 'Waiting') +
        internal('Resume', 'Waiting', 'Running') +
        action('Finish', 'Waiting', 'Done'),
    )
    const inevitable = (options: VerifyOptions) => propertyOf(verified(text, options), 'inevitable', 'Ends')
    expect(inevitable({ fair: ['Start', 'Finish'] })).toMatchObject({ status: 'violated' })
    expect(inevitable({ fair: ['Start'], stronglyFair: ['Finish'] }).status).toBe('holds')
    const { trace } = inevitable({ fair: ['Start', 'Finish'] })
    expect(trace?.steps.map((step) => step.action)).toEqual(['Start', 'Pause', 'Resume'])
    expect(verified(text, { stronglyFair: ['Finish'] }).assumptions).toContain(
      'Finish is asked at last when it becomes possible again and again',
    )
  })

  it('is refuted under strong fairness by a part of a round that avoids what would end it', () => {
    const text = jobs(
      action('Start', 'Open', 'Running') +
        internal('Turn', 'Running', undefined) +
        action('Pause', 'Running', 'Waiting') +
        action('Resume', 'Waiting', 'Running') +
        action('Finish', 'Waiting', 'Done'),
    )
    const { status, trace } = propertyOf(
      verified(text, { fair: ['Start'], stronglyFair: ['Finish'] }),
      'inevitable',
      'Ends',
    )
    expect(status).toBe('violated')
    expect(trace?.steps.map((step) => step.action)).toEqual(['Start', 'Turn'])
  })

  it('holds of statuses that no run is ever in', () => {
    const text = jobs(action('Finish', 'Open', 'Done'))
    expect(both(verified(text))).toEqual(['holds', 'holds'])
  })
})
