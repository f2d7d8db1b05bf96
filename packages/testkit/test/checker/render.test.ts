// What people read, and what programs take: tables, tests, commands, drawings, TLA+.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { toDot } from '../../src/checker/export/to-dot.ts'
import { toTla } from '../../src/checker/export/to-tla.ts'
import { traceToMermaid } from '../../src/checker/export/trace-to-mermaid.ts'
import { renderReport } from '../../src/checker/render/render-report.ts'
import { renderTrace } from '../../src/checker/render/render-trace.ts'
import { traceCommands } from '../../src/checker/render/trace-commands.ts'
import { traceTest } from '../../src/checker/render/trace-test.ts'
import type { Trace } from '../../src/checker/concrete/trace.ts'
import { verifySpec } from '../../src/checker/verify-spec.ts'
import { parsed, propertyOf, verified } from './helpers.ts'

const specFile = 'packages/testkit/test/checker/tickets.ioa.toml'
const text = await readFile(specFile, 'utf8')
const property = propertyOf(verified(text), 'invariant', 'SomebodyClosedIt')
const trace = property.trace as Trace

describe('a trace', () => {
  it('is a table of commands, statuses and the variables that change', () => {
    expect(renderTrace(trace).split('\n')).toEqual([
      '     command                  status    comments',
      '  0  create                   Open      0',
      '  1  Assign { assignee: "" }  Assigned  0',
      '  2  Comment                  Assigned  1',
      '  3  Close                    ✗ Closed  1',
      `  ✗ refused at run time: ${trace.steps[2]?.refusal?.message}`,
    ])
  })

  it('is commands for a program, one a line', () => {
    expect(
      traceCommands(trace)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { create: {} },
      { action: 'Assign', params: { assignee: '' } },
      { action: 'Comment', params: {} },
      { action: 'Close', params: {} },
    ])
  })

  it('is a test that vitest runs: the one beside this file', async () => {
    const written = traceTest(property, { entity: 'Ticket', specFile })
    expect(written).toBe(await readFile('packages/testkit/test/checker/tickets-trace.test.ts', 'utf8'))
  })

  it('is drawn into the automaton, its steps numbered', () => {
    const dot = toDot(parsed(text), trace)
    expect(dot).toContain('"Open" -> "Assigned" [label="#1\\nAssign", color=red, fontcolor=red, penwidth=2]')
    expect(dot).toContain('"Open" -> "Open" [label="Comment"]')
    const mermaid = traceToMermaid(parsed(text), trace)
    expect(mermaid).toContain('  s1 --> s2 : (3) Close [comments #62; 0]')
    expect(mermaid).toContain('  class s2 trace')
    expect(toDot(parsed(text))).not.toContain('red')
  })
})

describe('a report', () => {
  const clock = { now: () => 0 }

  it('says what is wrong with its run, what was proved and what was taken for granted', () => {
    const report = renderReport(verifySpec(parsed(text), { clock }))
    expect(report).toMatch(/^✗ Ticket: fail \d+ states, \d+ transitions, depth \d, 0 ms\n/)
    expect(report).toMatch(/error invariant SomebodyClosedIt: .* is false in Closed after Close/)
    expect(report).toContain('holds: deadlock, terminal statuses, conformance')
    expect(report).toContain('assuming that creation brings no fields')
    expect(report.includes('\u001B')).toBe(false)
  })

  it('is coloured when asked', () => {
    expect(renderReport(verifySpec(parsed(text), { clock }), { color: true })).toContain(
      '\u001B[31m✗ Ticket: fail',
    )
  })

  it('lists the mistakes that nothing would notice', () => {
    const report = renderReport(verifySpec(parsed(text), { clock, mutation: true }))
    expect(report).toMatch(/mutation score \d+ %: \d+ of \d+ small mistakes would be noticed/)
    expect(report).toContain('unnoticed Comment: from Open dropped')
  })
})

describe('TLA+', () => {
  it('has an action for each rule, a bound in the configuration, and fairness for internal actions only', () => {
    const { module, config, omitted } = toTla(
      parsed(text.replace('kind = "input"\nfrom = ["Assigned"]', 'from = ["Assigned"]')),
    )
    expect(module).toContain('---- MODULE Ticket ----')
    expect(module).toContain('VARIABLES status, v_comments, v_assignee')
    expect(module).toContain(
      'A_Close ==\n    /\\ status \\in {"Assigned"}\n    /\\ (v_comments > 0)\n    /\\ status\' = "Closed"\n    /\\ UNCHANGED <<v_comments, v_assignee>>',
    )
    expect(module).toContain("/\\ v_comments' = (v_comments + 1)")
    expect(module).toContain('Spec == Init /\\ [][Next]_vars /\\ WF_vars(A_Close)')
    expect(config).toContain('CONSTRAINT Bounded')
    expect(config).toContain('INVARIANT Inv_SomebodyClosedIt')
    expect(config).toContain('PROPERTY Live_Closes')
    expect(omitted).toEqual([])
  })

  it('lists what it leaves out', () => {
    const fraction = text.replace('comments > 0', 'comments > 0.5')
    expect(toTla(parsed(fraction)).omitted).toEqual(['Close: the fraction 0.5 has no counterpart'])
  })
})
