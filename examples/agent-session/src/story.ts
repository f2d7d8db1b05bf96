// How the demonstration talks: chapters, facts, and checks that end it when they do not hold.

const isTty = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
const paint = (code: number, text: string): string => (isTty ? `\u001b[${code}m${text}\u001b[0m` : text)
const startedAt = performance.now()
let chapters = 0

/** Opens a chapter. */
export function chapter(title: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`\n${paint(1, `${++chapters}. ${title}`)} ${paint(2, `(${seconds} s)`)}`)
}

/** States a fact. */
export function tell(text: string): void {
  console.log(`   ${text}`)
}

/** Checks a claim of the story; a claim that does not hold ends it with exit code 1. */
export function check(claim: string, holds: boolean): void {
  if (!holds) throw new Error(`this should hold and does not: ${claim}`)
  console.log(`   ${paint(32, '✓')} ${claim}`)
}

/** Bytes for people. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  return count < 1024 ** 2 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1024 ** 2).toFixed(2)} MB`
}

/** Prints rows of cells as columns. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  for (const row of rows)
    tell(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}
