// What format and migrate-spec share: texts in, texts out; the difference shown, counted or written.
import { readSpecs, renderIssue } from '@perdure/spec-parser'
import type { SpecFile } from '@perdure/spec-parser'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { findSpecFiles } from '../specs/find-spec-files.ts'
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

/** What a rewriting came to. */
interface RewriteResult {
  /** 1 when asked to check and something would change, and when a file is no TOML and so could not be looked at. */
  readonly exitCode: ExitCode
  /** The files that change, for the caller to say more about. */
  readonly changed: readonly Rewritten[]
}

/** Rewrites every spec that the globs match; files that are no TOML are named with what is wrong, and left alone. */
export async function rewriteSpecs(
  io: CliIo,
  globs: readonly string[],
  options: RewriteOptions,
  rewrite: (text: string) => string,
): Promise<RewriteResult> {
  const { files } = await readSpecs(await findSpecFiles(globs, io.cwd), { cwd: io.cwd })
  const isBroken = files.map((file) => reportBroken(io, file))
  const changed = files.flatMap(({ file, text }, index): readonly Rewritten[] => {
    const after = isBroken[index] === true ? text : rewrite(text)
    return after === text ? [] : [{ file, before: text, after }]
  })
  for (const one of changed) await carryOut(io, one, options)
  const brokenCount = isBroken.filter(Boolean).length
  io.stderr.write(`${summary(files.length - brokenCount, changed.length, options)}\n`)
  const isRefused = brokenCount > 0 || (options.check === true && changed.length > 0)
  return { exitCode: isRefused ? 1 : 0, changed }
}

/** Errors after which nothing is known of a file but its text. */
const unreadableCodes: ReadonlySet<string> = new Set(['toml_syntax', 'nesting_too_deep', 'file_too_large'])

/** Shows why a file cannot be rewritten. @returns whether that is so */
function reportBroken(io: CliIo, { issues, text }: SpecFile): boolean {
  const found = issues.filter(({ code }) => unreadableCodes.has(code))
  const { isColored } = paintFor(io.stderr, io.env)
  for (const issue of found) io.stderr.write(`${renderIssue(issue, { text, color: isColored })}\n`)
  return found.length > 0
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
