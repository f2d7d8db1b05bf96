import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines } from '../src/terminal/diff-lines.ts'
import type { DiffLine } from '../src/terminal/diff-lines.ts'
import { paintFor } from '../src/terminal/paint.ts'
import { printDiff } from '../src/terminal/print-diff.ts'
import { makeWorkspace } from './helpers/workspace.ts'

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
  it('turns the one text into the other, as git applies it', async () => {
    const cwd = await makeWorkspace({})
    const text = fc
      .tuple(lines, fc.constantFrom('', '\n'))
      .map(([lines, end]) => (lines.length === 0 ? '' : `${lines.join('\n')}${end}`))
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after)
        writeFileSync(path.join(cwd, 'x'), before)
        const patch = printDiff('x', before, after, paint)
        execFileSync('git', ['apply', '-p0', '--whitespace=nowarn', '-'], {
          cwd,
          input: patch,
          stdio: 'pipe',
        })
        expect(readFileSync(path.join(cwd, 'x'), 'utf8')).toBe(after)
      }),
      { numRuns: 60 },
    )
  })

  it('counts no line of a file that is empty', () => {
    expect(printDiff('x', '', 'a\n', paint)).toContain('@@ -0,0 +1,1 @@\n+a\n')
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
