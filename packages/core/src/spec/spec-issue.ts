/** How much an issue weighs: an error refuses the spec, a warning and an info do not. */
export type SpecIssueSeverity = 'error' | 'warning' | 'info'

/** One diagnostic about a spec, with its place in the file. Lines and columns count from 1, columns in UTF-16 units. */
export interface SpecIssue {
  /** Stable: `unknown_state`, `wrong_type`, … */
  readonly code: string
  readonly severity: SpecIssueSeverity
  /** What is wrong. */
  readonly message: string
  readonly file?: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** What to do about it. */
  readonly hint?: string
}
