import { diffLines } from './diff-lines.ts'
import type { DiffLine } from './diff-lines.ts'
import type { Painter } from './paint.ts'

/** Unchanged lines shown around a change. */
const context = 3

/** A unified diff, as `diff -u` and `git apply` know it; empty when the texts are equal. */
export function printDiff(file: string, before: string, after: string, paint: Painter): string {
  if (before === after) return ''
  const lines = diffLines(linesOf(before), linesOf(after))
  const hunks = hunksOf(lines).map(([start, end]) => printHunk(lines, start, end, paint))
  return `${paint.bold(`--- ${file}`)}\n${paint.bold(`+++ ${file}`)}\n${hunks.join('')}`
}

/** The lines of a text, each with its line break: so a last line without one differs from a line with one. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

/** Ranges of lines to show: each change with its context, those that touch joined. */
function hunksOf(lines: readonly DiffLine[]): readonly (readonly [start: number, end: number])[] {
  const hunks: [number, number][] = []
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue
    const [start, end] = [Math.max(0, index - context), Math.min(lines.length, index + context + 1)]
    const last = hunks.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = end
    else hunks.push([start, end])
  }
  return hunks
}

function printHunk(lines: readonly DiffLine[], start: number, end: number, paint: Painter): string {
  const [shown, ahead] = [lines.slice(start, end), lines.slice(0, start)]
  const range = (absent: DiffLine['kind']) => {
    const size = countExcept(shown, absent)
    return `${countExcept(ahead, absent) + (size === 0 ? 0 : 1)},${size}`
  }
  const header = paint.cyan(`@@ -${range('added')} +${range('removed')} @@`)
  return `${header}\n${shown.map((line) => `${printLine(line, paint)}\n`).join('')}`
}

function countExcept(lines: readonly DiffLine[], absent: DiffLine['kind']): number {
  return lines.filter(({ kind }) => kind !== absent).length
}

function printLine({ kind, text }: DiffLine, paint: Painter): string {
  const line = text.replace(/\n$/, '')
  const remark = line === text ? '\n\\ No newline at end of file' : ''
  if (kind === 'same') return ` ${line}${remark}`
  return `${kind === 'added' ? paint.green(`+${line}`) : paint.red(`-${line}`)}${remark}`
}
