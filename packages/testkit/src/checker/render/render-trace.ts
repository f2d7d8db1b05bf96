// A trace as a table: one line a command, one column a variable that some step changes.
import type { JsonValue } from '@perdure/core'
import type { Trace, TraceStep } from '../concrete/trace.ts'
import { paintWith } from './paint.ts'

/** How to draw. */
export interface RenderOptions {
  /** Colours and weights, for terminals. @defaultValue false */
  readonly color?: boolean
}

/** A trace as a table, without a final newline. */
export function renderTrace(trace: Trace, { color = false }: RenderOptions = {}): string {
  const paint = paintWith(color)
  const names = changingNames(trace)
  const head = ['', 'command', 'status', ...names]
  const created = [
    '0',
    `create${showParams(trace.fields)}`,
    trace.initial,
    ...names.map((name) => show(trace.variables[name])),
  ]
  const rows = trace.steps.map((step, index) => [
    String(index + 1),
    `${step.action}${showParams(step.params)}${showRelated(step)}`,
    step.refusal === undefined ? step.to : `✗ ${step.to}`,
    ...names.map((name) => show(step.variables[name])),
  ])
  const lines = alignColumns([head, created, ...rows])
  const [first = '', ...others] = lines
  const notes = [
    ...(trace.loopsFrom === undefined
      ? []
      : [`  and for ever again from ${trace.loopsFrom + 1} to ${trace.steps.length}`]),
    ...trace.steps.flatMap(({ refusal }) =>
      refusal === undefined ? [] : [`  ✗ refused at run time: ${refusal.message}`],
    ),
  ]
  return [paint.bold(first), ...others, ...notes.map(paint.yellow)].join('\n')
}

/** Names whose value differs somewhere from what creation gave. */
function changingNames({ variables, steps }: Trace): readonly string[] {
  return Object.keys(variables).filter((name) =>
    steps.some((step) => show(step.variables[name]) !== show(variables[name])),
  )
}

function showParams(params: Readonly<Record<string, JsonValue>>): string {
  const given = Object.entries(params).map(([name, value]) => `${name}: ${show(value)}`)
  return given.length === 0 ? '' : ` { ${given.join(', ')} }`
}

function showRelated({ related }: TraceStep): string {
  if (related === undefined) return ''
  const found = Object.entries(related).map(([key, status]) => `${key} ${status ?? 'does not exist'}`)
  return ` (${found.join(', ')})`
}

const shownCharacters = 40

function show(value: JsonValue | undefined): string {
  const text = JSON.stringify(value ?? null)
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`
}

function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
}
