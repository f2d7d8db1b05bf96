// Gathers what is wrong with one file. Every stage reports here by offset; lines and columns are made at the end.
import type { SpecIssue, SpecIssueSeverity } from '@perdure/core'

import type { Span } from '../toml/span.ts'
import { severities } from './codes.ts'
import type { IssueCode } from './codes.ts'
import type { Hint } from './did-you-mean.ts'
import { indexLines } from './line-index.ts'
import type { LineIndex } from './line-index.ts'

interface Entry {
  readonly code: IssueCode
  readonly severity: SpecIssueSeverity
  readonly span: Span
  readonly message: string
  readonly hint: Hint | undefined
}

/** Hints that have to be searched for are made for this many diagnostics of a file; the rest go without. */
const mostSearchedHints = 200

/** The diagnostics of one text, in the order they were found. */
export class IssueList {
  readonly #entries: Entry[] = []
  readonly #text: string
  readonly #file: string | undefined
  readonly #warnOf: readonly IssueCode[]
  #lines: LineIndex | undefined

  /** @param options `warnOf`: errors that are warnings here */
  constructor(options: {
    readonly text: string
    readonly file?: string | undefined
    readonly warnOf?: readonly IssueCode[]
  }) {
    this.#text = options.text
    this.#warnOf = options.warnOf ?? []
    this.#file = options.file
  }

  /** Adds one. The hint says what to do about it. */
  report(code: IssueCode, span: Span, message: string, hint?: Hint): void {
    const severity = this.#warnOf.includes(code) ? 'warning' : severities[code]
    this.#entries.push({ code, severity, span, message, hint })
  }

  /** Lines of the text, indexed when first asked for. */
  get lines(): LineIndex {
    this.#lines ??= indexLines(this.#text)
    return this.#lines
  }

  /** Whether there is an error among them. */
  get hasErrors(): boolean {
    return this.#entries.some((entry) => entry.severity === 'error')
  }

  /** All of them with lines and columns, sorted by position, then by code. */
  toIssues(): readonly SpecIssue[] {
    return this.#entries
      .toSorted(
        (a, b) => a.span.start - b.span.start || a.span.end - b.span.end || (a.code < b.code ? -1 : 1),
      )
      .map((entry, index) => this.#toIssue(entry, index < mostSearchedHints))
  }

  #toIssue({ code, severity, span, message, hint }: Entry, isSearched: boolean): SpecIssue {
    const from = this.lines.positionOf(span.start)
    const to = this.lines.positionOf(span.end)
    const found = typeof hint === 'string' || !isSearched ? hint : hint?.()
    return {
      code,
      severity,
      message,
      ...(this.#file === undefined ? {} : { file: this.#file }),
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      ...(typeof found === 'string' ? { hint: found } : {}),
    }
  }
}
