/** What to do about a diagnostic. A function makes it when it is wanted; a file with a thousand typos wants only some. */
export type Hint = string | (() => string)

/** Words longer than this are compared as they are: nobody mistypes one in a way that a distance explains. */
const longestWord = 64

/** The candidate most like the word, if one is like enough that a slip of the pen explains it. */
export function nearestName(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.min(4, Math.floor(word.length / 3))) + 1
  const lowered = word.toLowerCase()
  for (const candidate of candidates) {
    if (candidate.toLowerCase() === lowered) return candidate
    if (word.length > longestWord) continue
    const distance = editDistance(word, candidate, bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** A hint that names the nearest candidate, or lists what there is when nothing is near. */
export function suggest(word: string, candidates: Iterable<string>, what: string): () => string {
  return () => {
    const names = [...candidates]
    const nearest = nearestName(word, names)
    if (nearest !== undefined) return `did you mean '${nearest}'?`
    if (names.length === 0) return 'there are none'
    const shown = names.slice(0, 12).map((name) => `'${name}'`)
    return `${what}: ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`
  }
}

/**
 * Edits (insert, delete, replace, swap neighbours) between two words: optimal string alignment over three rows.
 * Gives up with `limit` as soon as the distance cannot be below it.
 */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const replaced = at(last, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Infinity
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped))
    }
    if (Math.min(...current) >= limit) return limit
    beforeLast = last
    last = current
  }
  return Math.min(at(last, right.length), limit)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
