// The difference of two texts, line by line. Source of the algorithm: Myers, "An O(ND) Difference Algorithm" (1986).

/** One line of a comparison. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Above this many edits the middle is shown as replaced; the search is quadratic in their number. */
const maxEdits = 1000

/** Compares two lists of lines: the fewest removals and additions that turn the one into the other. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const rest = Math.min(before.length, after.length) - start
  while (end < rest && before.at(-1 - end) === after.at(-1 - end)) end++
  const lines = (kind: DiffLine['kind'], texts: readonly string[]) => texts.map((text) => ({ kind, text }))
  return [
    ...lines('same', before.slice(0, start)),
    ...diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...lines('same', before.slice(before.length - end)),
  ]
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const trace = findShortestEdit(before, after)
  if (trace !== undefined) return walkBack(before, after, trace)
  return [
    ...before.map((text) => ({ kind: 'removed' as const, text })),
    ...after.map((text) => ({ kind: 'added' as const, text })),
  ]
}

/** For each number of edits, how far each diagonal gets; undefined when it takes too many. */
function findShortestEdit(
  before: readonly string[],
  after: readonly string[],
): readonly ReadonlyMap<number, number>[] | undefined {
  const trace: Map<number, number>[] = []
  for (let edits = 0; edits <= Math.min(before.length + after.length, maxEdits); edits++) {
    const last = trace.at(-1)
    const reach = new Map<number, number>()
    trace.push(reach)
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = last === undefined ? 0 : startOf(last, diagonal, edits)
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++
      reach.set(diagonal, x)
      if (x >= before.length && x - diagonal >= after.length) return trace
    }
  }
  return undefined
}

/** Where a diagonal begins: below its upper neighbour, or to the right of its lower one, whichever got further. */
function startOf(last: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const above = last.get(diagonal + 1) ?? -1
  const below = last.get(diagonal - 1) ?? -1
  return isAddition(last, diagonal, edits) ? above : below + 1
}

function isAddition(last: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true
  return diagonal !== edits && (last.get(diagonal - 1) ?? -1) < (last.get(diagonal + 1) ?? -1)
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): readonly DiffLine[] {
  const lines: DiffLine[] = []
  let x = before.length
  let y = after.length
  const keepUntil = (stop: number): void => {
    for (; x > stop; y--) lines.push({ kind: 'same', text: before[--x] ?? '' })
  }
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const last = trace[edits - 1] ?? new Map<number, number>()
    const diagonal = x - y
    const start = startOf(last, diagonal, edits)
    keepUntil(start)
    if (isAddition(last, diagonal, edits)) lines.push({ kind: 'added', text: after[--y] ?? '' })
    else lines.push({ kind: 'removed', text: before[--x] ?? '' })
  }
  keepUntil(0)
  return lines.reverse()
}
