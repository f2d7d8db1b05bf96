// Where the parts of parsed specs were written, beside the specs, so that equal specs are equal. parseSpec notes the
// places, checkBundle asks for them; a spec that was not parsed from text has none.
import type { SpecIssue } from '@perdure/core'

import type { LineIndex } from '../diagnostics/line-index.ts'
import type { Span } from '../toml/span.ts'

/** A place in a file, as diagnostics have it. */
export type IssuePlace = Pick<SpecIssue, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'>

const places = new WeakMap<object, () => IssuePlace>()

/** Notes where a part of a spec was written. Lines are made when first asked for. */
export function notePlace(part: object, span: Span, lines: () => LineIndex, file: string | undefined): void {
  places.set(part, () => {
    const from = lines().positionOf(span.start)
    const to = lines().positionOf(span.end)
    const place = { line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
    return file === undefined ? place : { ...place, file }
  })
}

/** Where a part was written; the start of an unnamed file when that is not known. */
export function placeOf(part: object): IssuePlace {
  return places.get(part)?.() ?? { line: 1, column: 1, endLine: 1, endColumn: 1 }
}
