import type { Painter } from './paint.ts'

/** Columns under headings, as wide as their widest cell; the last one is as long as it likes. Ends with a newline. */
export function printTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Painter,
): string {
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => pad(cell, column === headings.length - 1 ? 0 : (widths[column] ?? 0)))
      .join('  ')
  return [paint.bold(line(headings)), ...rows.map(line)].map((text) => `${text.trimEnd()}\n`).join('')
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** Characters a text takes; colours take none. */
function width(text: string): number {
  return Array.from(text.replaceAll(/\u001B\[[\d;]*m/g, '')).length
}
