import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines } from '../src/terminal/diff-lines.ts'
import type { DiffLine } from '../src/terminal/diff-lines.ts'
import { paintFor } from '../src/terminal/paint.ts'
import { printDiff } from '../src/terminal/print-diff.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 24 })
const paint = paintFor({ isTTY: false }, {})

const side = (diff: readonly DiffLine[], absent: DiffLine['kind']) =>
  diff.filter(({ kind }) => kind !== absent).map(({ text }) => text)

describe('a difference', () => {
  it('holds both texts: without what was added the one, without what was removed the other', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after)
        expect(side(diff, 'added')).toEqual(before)
        expect(side(diff, 'removed')).toEqual(after)
      }),
    )
  })

  it('keeps as many lines as any could: the longest common subsequence', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const kept = diffLines(before, after).filter(({ kind }) => kind === 'same').length
        expect(kept).toBe(longestCommonSubsequence(before, after))
      }),
    )
  })

  it('of two long texts without a common line takes no longer than showing both', () => {
    const before = Array.from({ length: 20_000 }, (_, line) => `before ${line}`)
    const after = Array.from({ length: 20_000 }, (_, line) => `after ${line}`)
    const diff = diffLines(before, after)
    expect(side(diff, 'added')).toEqual(before)
    expect(side(diff, 'removed')).toEqual(after)
  }, 10_000)
})

describe('a printed difference', () => {
  it('can be applied by its line numbers', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const [old, fresh] = [before.join('\n'), after.join('\n')]
        expect(applyPatch(old, printDiff('x', old, fresh, paint))).toBe(fresh)
      }),
    )
  })

  it('is empty for equal texts', () => {
    expect(printDiff('x', 'a\nb', 'a\nb', paint)).toBe('')
  })

  it('shows three lines around a change, and changes that are near each other together', () => {
    const before = Array.from({ length: 30 }, (_, line) => `line ${line + 1}`)
    const after = before.map((line, index) => ([9, 13, 28].includes(index) ? `${line}!` : line))
    const headers = printDiff('x', before.join('\n'), after.join('\n'), paint)
      .split('\n')
      .filter((line) => line.startsWith('@@'))
    expect(headers).toEqual(['@@ -7,11 +7,11 @@', '@@ -26,5 +26,5 @@'])
  })
})

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, () => 0)
  for (const item of a) {
    const next = [0]
    for (const [column, other] of b.entries()) {
      next.push(item === other ? (row[column] ?? 0) + 1 : Math.max(row[column + 1] ?? 0, next[column] ?? 0))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** As `patch` does it, for hunks that fit exactly. */
function applyPatch(text: string, patch: string): string {
  const before = text.split('\n')
  const after: string[] = []
  let at = 0
  for (const line of patch.split('\n').slice(2, -1)) {
    const header = /^@@ -(\d+),(\d+) /.exec(line)
    if (header !== null) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1)
      after.push(...before.slice(at, start))
      at = start
      continue
    }
    if (line[0] !== '+') expect(before[at++]).toBe(line.slice(1))
    if (line[0] !== '-') after.push(line.slice(1))
  }
  return [...after, ...before.slice(at)].join('\n')
}
