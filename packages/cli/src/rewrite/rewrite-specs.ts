// What format and migrate-spec share: texts in, texts out; the difference shown, counted or written.
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { findSpecFiles } from '../specs/find-spec-files.ts'
import { readSpecText } from '../specs/read-spec-text.ts'
import { writeText } from '../specs/write-text.ts'
import { paintFor } from '../terminal/paint.ts'
import { printDiff } from '../terminal/print-diff.ts'
import { count } from '../terminal/words.ts'

/** What becomes of files that would change: shown as a diff, unless one of these says otherwise. */
export interface RewriteOptions {
  /** Write them. */
  readonly write?: boolean
  /** Only name them, and exit with 1 if there are any. */
  readonly check?: boolean
}

/** A file whose new text differs. */
export interface Rewritten {
  readonly file: string
  readonly before: string
  readonly after: string
}

/** Rewrites every spec that the globs match. @returns the files that change, for the caller to say more about */
export async function rewriteSpecs(
  io: CliIo,
  globs: readonly string[],
  options: RewriteOptions,
  rewrite: (text: string) => string,
): Promise<{ readonly exitCode: ExitCode; readonly changed: readonly Rewritten[] }> {
  const files = await findSpecFiles(globs, io.cwd)
  const changed: Rewritten[] = []
  for (const file of files) {
    const before = await readSpecText(file, io.cwd)
    const after = rewrite(before)
    if (after !== before) changed.push({ file, before, after })
  }
  for (const one of changed) await carryOut(io, one, options)
  io.stderr.write(`${summary(files.length, changed.length, options)}\n`)
  return { exitCode: options.check === true && changed.length > 0 ? 1 : 0, changed }
}

async function carryOut(
  io: CliIo,
  { file, before, after }: Rewritten,
  options: RewriteOptions,
): Promise<void> {
  if (options.write === true) await writeText(file, after, io.cwd)
  const isNamed = options.write === true || options.check === true
  io.stdout.write(isNamed ? `${file}\n` : printDiff(file, before, after, paintFor(io.stdout, io.env)))
}

function summary(total: number, changed: number, options: RewriteOptions): string {
  if (changed === 0) return `nothing to change in ${count(total, 'spec')}`
  if (options.write === true) return `changed ${changed} of ${count(total, 'spec')}`
  return `${changed} of ${count(total, 'spec')} would change; --write does it`
}
