// A report as people read it: what is wrong first, with its run; what was proved in a line.
import type { MutationReport } from '../mutation/mutation-report.ts'
import type { PropertyKind, PropertyResult, SpecReport, Verdict, VerifyReport } from '../report.ts'
import { paintWith } from './paint.ts'
import type { Paint } from './paint.ts'
import { renderTrace } from './render-trace.ts'
import type { RenderOptions } from './render-trace.ts'

/** The whole report. Ends with a newline. */
export function renderReport(report: VerifyReport, options: RenderOptions = {}): string {
  const paint = paintWith(options.color ?? false)
  return report.specs.map((spec) => renderSpec(spec, paint, options)).join('\n')
}

function renderSpec(report: SpecReport, paint: Paint, options: RenderOptions): string {
  const { properties, refusal, mutation, assumptions } = report
  const blocks = [
    headline(report, paint),
    ...(refusal === undefined ? [] : [`  ${refusal}`]),
    ...properties.filter(isShown).map((property) => renderProperty(property, paint, options)),
    ...summary(properties),
    ...(mutation === undefined ? [] : renderMutation(mutation, paint)),
    ...(assumptions.length === 0 ? [] : [paint.dim(`  assuming that ${assumptions.join('; ')}`)]),
  ]
  return blocks.map((block) => `${block}\n`).join('')
}

const marks: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', inconclusive: '?' }

function headline(report: SpecReport, paint: Paint): string {
  const { name, verdict, states, transitions, depth, elapsedMs, limit } = report
  const color = verdict === 'pass' ? paint.green : verdict === 'fail' ? paint.red : paint.yellow
  const size = `${count(states)} states, ${count(transitions)} transitions, depth ${depth}, ${Math.round(elapsedMs)} ms`
  const cut = limit === undefined ? '' : ` (cut short by ${limit})`
  return `${color(`${marks[verdict]} ${name}: ${verdict}`)} ${paint.dim(`${size}${cut}`)}`
}

/** Whatever does not hold, but for what was only asked out of interest and is open. */
function isShown({ status, severity, kind }: PropertyResult): boolean {
  if (status === 'holds') return false
  return status === 'violated' || severity === 'error' || kind === 'inevitable'
}

const titles: Readonly<Record<PropertyKind, string>> = {
  invariant: 'invariant',
  creation: 'creation',
  terminal: 'terminal statuses',
  deadlock: 'deadlock',
  has_actions: 'has_actions',
  possible: 'always possible',
  inevitable: 'inevitable',
  preceded_by: 'preceded_by',
  unreachable_state: 'unreachable',
  dead_action: 'dead',
  guard_never_true: 'guard never true',
  guard_never_false: 'guard never false',
  vacuous_invariant: 'vacuous',
  conformance: 'conformance',
}

function renderProperty(property: PropertyResult, paint: Paint, options: RenderOptions): string {
  const { kind, name, severity, status, message, trace } = property
  const isFailure = severity === 'error' && status === 'violated'
  const color = isFailure ? paint.red : severity === 'info' ? paint.dim : paint.yellow
  const word = status === 'inconclusive' ? 'open' : severity
  const title = [titles[kind], name].filter(Boolean).join(' ')
  const head = `  ${color(word)} ${paint.bold(title)}: ${message}`
  return trace === undefined ? head : `${head}\n${indent(renderTrace(trace, options))}`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}

/** What was proved, by kind. */
function summary(properties: readonly PropertyResult[]): readonly string[] {
  const held = properties.filter(({ status, severity }) => status === 'holds' && severity === 'error')
  const names = held.map(({ kind, name }) => [titles[kind], name].filter(Boolean).join(' '))
  return names.length === 0 ? [] : [`  holds: ${names.join(', ')}`]
}

function renderMutation(
  { score, killed, survived, mutants }: MutationReport,
  paint: Paint,
): readonly string[] {
  const survivors = mutants.filter(({ fate }) => fate === 'survived')
  return [
    `  mutation score ${Math.round(score * 100)} %: ${killed} of ${killed + survived} small mistakes would be noticed`,
    ...survivors.map(({ description }) => `    ${paint.yellow('unnoticed')} ${description}`),
  ]
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
