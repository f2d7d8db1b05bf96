// `perdure check` and `perdure lint`: one look at the specs, or one at every change. They differ in what they show.
import type { SpecIssue, SpecIssueSeverity } from '@perdure/core'
import type { ReadSpecsResult } from '@perdure/spec-parser'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { checkSpecs, countIssues } from '../specs/check-specs.ts'
import { paintFor } from '../terminal/paint.ts'
import { printReport } from './print-report.ts'
import { watchSpecs } from './watch-specs.ts'

/** How to check. */
export interface CheckOptions {
  readonly json?: boolean
  readonly strict?: boolean
  readonly watch?: boolean
  readonly allowUnsupported?: boolean
}

const shownByCheck: ReadonlySet<SpecIssueSeverity> = new Set(['error', 'warning'])

/** Checks specs and reports errors and warnings. @returns 1 on errors, and when strict on warnings */
export function runCheck(io: CliIo, globs: readonly string[], options: CheckOptions): Promise<ExitCode> {
  return run(io, globs, options, ({ severity }) => shownByCheck.has(severity))
}

/** As `runCheck`, and infos are reported too. */
export function runLint(io: CliIo, globs: readonly string[], options: CheckOptions): Promise<ExitCode> {
  return run(io, globs, options, () => true)
}

async function run(
  io: CliIo,
  globs: readonly string[],
  options: CheckOptions,
  isShown: (issue: SpecIssue) => boolean,
): Promise<ExitCode> {
  const look = async (): Promise<ExitCode> => {
    const checked = await checkSpecs(globs, io.cwd, options)
    const exitCode = exitCodeOf(checked, options.strict === true)
    const issues = checked.issues.filter(isShown)
    if (options.json === true) io.stdout.write(`${printJson(checked, issues, exitCode)}\n`)
    else io.stdout.write(`${printReport(checked, issues, paintFor(io.stdout, io.env))}\n`)
    return exitCode
  }
  return options.watch === true ? watchSpecs(io, globs, look) : look()
}

function exitCodeOf({ issues }: ReadSpecsResult, isStrict: boolean): ExitCode {
  const { error, warning } = countIssues(issues)
  return error > 0 || (isStrict && warning > 0) ? 1 : 0
}

/** The machine's report. Its shape is documented and stable: keys are added, never renamed or removed. */
function printJson(
  { files, issues }: ReadSpecsResult,
  shown: readonly SpecIssue[],
  exitCode: ExitCode,
): string {
  const { error, warning, info } = countIssues(issues)
  const report = {
    formatVersion: 1,
    ok: exitCode === 0,
    errors: error,
    warnings: warning,
    infos: info,
    files: files.map(({ file, spec }) => ({ file, entityType: spec?.name ?? null })),
    issues: shown,
  }
  return JSON.stringify(report, null, 2)
}
