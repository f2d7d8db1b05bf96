// Arguments → parsed specs and every diagnostic. What check, lint and whoever needs sound specs ask; decides nothing about
// exit codes.
import type { SpecIssue, SpecIssueSeverity } from '@perdure/core'
import { readSpecs } from '@perdure/spec-parser'
import type { ReadSpecsResult } from '@perdure/spec-parser'
import { findSpecFiles } from './find-spec-files.ts'

/** How strict the reading is. */
export interface CheckSpecsOptions {
  /** Sections this version does not execute are warnings. */
  readonly allowUnsupported?: boolean
}

/**
 * Reads and checks every spec that the arguments name, in order of name.
 *
 * @throws CliError `spec_not_found`; SpecError `spec_unreadable`
 */
export async function checkSpecs(
  globs: readonly string[],
  cwd: string,
  options: CheckSpecsOptions = {},
): Promise<ReadSpecsResult> {
  const files = await findSpecFiles(globs, cwd)
  return readSpecs(files, { cwd, unsupported: options.allowUnsupported === true ? 'warn' : 'error' })
}

/** How many issues of each severity there are. */
export function countIssues(issues: readonly SpecIssue[]): Readonly<Record<SpecIssueSeverity, number>> {
  const counts = { error: 0, warning: 0, info: 0 }
  for (const { severity } of issues) counts[severity]++
  return counts
}
