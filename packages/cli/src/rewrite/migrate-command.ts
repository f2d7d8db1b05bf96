// `perdure migrate-spec`: older forms become today's; what remains to be done by hand is said.
import { migrateSpec, parseSpec, renderIssue } from '@perdure/spec-parser'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { countIssues } from '../specs/check-specs.ts'
import { paintFor } from '../terminal/paint.ts'
import { rewriteSpecs } from './rewrite-specs.ts'
import type { Rewritten, RewriteOptions } from './rewrite-specs.ts'

/** Rewrites older forms. @returns 1 when a file is no TOML or, rewritten, still has errors */
export async function runMigrateSpec(
  io: CliIo,
  globs: readonly string[],
  options: Pick<RewriteOptions, 'write'>,
): Promise<ExitCode> {
  const { exitCode, changed } = await rewriteSpecs(io, globs, options, (text) => migrateSpec(text).text)
  const isSound = changed.map((file) => reportRest(io, file))
  return isSound.every(Boolean) ? exitCode : 1
}

/** Shows the errors that the new text still has. @returns whether it has none */
function reportRest(io: CliIo, { file, after }: Rewritten): boolean {
  const { issues } = parseSpec(after, { file })
  const { isColored } = paintFor(io.stderr, io.env)
  for (const issue of issues) {
    if (issue.severity !== 'error') continue
    io.stderr.write(`${renderIssue(issue, { text: after, color: isColored })}\n`)
  }
  return countIssues(issues).error === 0
}
