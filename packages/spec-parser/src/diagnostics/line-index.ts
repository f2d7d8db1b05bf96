/** Turns offsets of a text into lines and columns, both from 1, columns in UTF-16 units. */
export interface LineIndex {
  readonly positionOf: (offset: number) => { readonly line: number; readonly column: number }
}

/** Indexes a text once; each look-up is a binary search. A line ends with LF (a CR before it belongs to the line). */
export function indexLines(text: string): LineIndex {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return {
    positionOf: (offset) => {
      const line = lastNotAfter(starts, offset)
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
    },
  }
}

/** Index of the last element that is not greater than the offset; `starts` is sorted and begins with 0. */
function lastNotAfter(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
