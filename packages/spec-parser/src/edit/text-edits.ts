// Changes to a text, gathered first and made at once, so that everything not named stays as it was: comments, order, blanks.

/** Replaces a stretch of the text. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with the edits made. An edit inside another one is left out, for the outer replaces what it speaks of. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits
    .map((edit, index) => ({ edit, index }))
    .toSorted((a, b) => a.edit.start - b.edit.start || rank(a.edit) - rank(b.edit) || a.index - b.index)
  let result = ''
  let at = 0
  for (const { edit } of sorted) {
    if (edit.start < at) continue
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** Where several edits begin: insertions come first, then the longest. */
function rank({ start, end }: TextEdit): number {
  return start === end ? -Infinity : -end
}
