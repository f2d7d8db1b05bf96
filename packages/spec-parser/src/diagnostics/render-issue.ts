// Diagnostics as text for people: one line, or a code frame. The command line prints these.
import type { SpecIssue, SpecIssueSeverity } from '@perdure/core'

/** How to render. */
export interface RenderIssueOptions {
  /** The text of the file; with it the lines in question are shown. */
  readonly text?: string
  /** Whether to colour with ANSI escapes. @defaultValue false */
  readonly color?: boolean
}

const reset = '\u001B[0m'
const colors: Readonly<Record<SpecIssueSeverity | 'faint', string>> = {
  error: '\u001B[31m',
  warning: '\u001B[33m',
  info: '\u001B[36m',
  faint: '\u001B[2m',
}

/** `file:line:col code message (hint)`, in one line. */
export function formatIssue(issue: SpecIssue): string {
  const place = `${issue.file ?? 'spec'}:${issue.line}:${issue.column}`
  return `${place} ${issue.code} ${issue.message}${issue.hint === undefined ? '' : ` (${issue.hint})`}`
}

/**
 * One diagnostic as a code frame: what, where, the lines around it with the place marked, and the hint.
 *
 * ```text
 * error unknown_state: there is no state 'Dnoe'
 *   --> session.ioa.toml:7:6
 * 6 | name = "Finish"
 * 7 | to = "Dnoe"
 *   |      ^^^^^^
 *   = did you mean 'Done'?
 * ```
 */
export function renderIssue(issue: SpecIssue, options: RenderIssueOptions = {}): string {
  const paint = (color: keyof typeof colors, text: string) =>
    options.color === true ? `${colors[color]}${text}${reset}` : text
  const margin = ' '.repeat(String(issue.line).length)
  const place = `${issue.file ?? 'spec'}:${issue.line}:${issue.column}`
  return [
    `${paint(issue.severity, `${issue.severity} ${issue.code}`)}: ${issue.message}`,
    `${margin} ${paint('faint', '-->')} ${place}`,
    ...(options.text === undefined ? [] : frame(issue, options.text, margin, paint)),
    ...(issue.hint === undefined ? [] : [`${margin} ${paint('faint', '=')} ${issue.hint}`]),
  ].join('\n')
}

function frame(
  issue: SpecIssue,
  text: string,
  margin: string,
  paint: (color: SpecIssueSeverity | 'faint', text: string) => string,
): readonly string[] {
  const lines = text.split(/\r?\n/)
  const line = lines[issue.line - 1] ?? ''
  const endColumn = issue.endLine === issue.line ? issue.endColumn : line.length + 1
  const marker = '^'.repeat(Math.max(1, endColumn - issue.column))
  // Tabs before the place are kept, so that the marker stands under it however wide they are shown.
  const indent = line.slice(0, issue.column - 1).replaceAll(/[^\t]/g, ' ')
  const before =
    issue.line > 1
      ? [numbered(String(issue.line - 1).padStart(margin.length), lines[issue.line - 2] ?? '')]
      : []
  return [
    ...before,
    numbered(String(issue.line), line),
    `${margin} ${paint('faint', '|')} ${indent}${paint(issue.severity, marker)}`,
  ]

  function numbered(number: string, content: string): string {
    return `${number} ${paint('faint', '|')} ${content}`.trimEnd()
  }
}
