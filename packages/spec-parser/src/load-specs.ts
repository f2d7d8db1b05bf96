// Globs → EntitySpecs, all of them sound. What a program calls; readSpecs does the reading and the checking.
import path from 'node:path'

import type { EntitySpec, SpecIssue } from '@perdure/core'
import { glob } from 'tinyglobby'

import { formatIssue } from './diagnostics/render-issue.ts'
import { readSpecs } from './read-specs.ts'
import { SpecError } from './spec-error.ts'

/** Where to look. */
export interface LoadSpecsOptions {
  /** What the globs are relative to. @defaultValue the process's directory */
  readonly cwd?: string
  /** What becomes of sections that this version does not execute. @defaultValue 'error' */
  readonly unsupported?: 'error' | 'warn'
  /** UTF-8 bytes of a file; a larger one is refused as `file_too_large`. @defaultValue 1 MiB */
  readonly maxFileBytes?: number
  /** Told every warning and info of specs that load; without it they are not heard. */
  readonly onIssue?: (issue: SpecIssue) => void
}

/**
 * Loads every spec that the globs match, in order of file name.
 *
 * @throws SpecError `spec_not_found` when a glob matches nothing, `spec_unreadable` when a file cannot be read,
 * `spec_invalid` when any spec has an error; its `issues` and message list every diagnostic of every file
 */
export async function loadSpecs(
  globs: string | readonly string[],
  options: LoadSpecsOptions = {},
): Promise<readonly EntitySpec[]> {
  const cwd = options.cwd ?? process.cwd()
  const files = await findFiles(typeof globs === 'string' ? [globs] : globs, cwd)
  const { files: read, issues } = await readSpecs(files, { ...options, cwd })
  if (issues.some(({ severity }) => severity === 'error')) throw invalid(issues)
  if (options.onIssue !== undefined) for (const issue of issues) options.onIssue(issue)
  return read.flatMap(({ spec }) => spec ?? [])
}

async function findFiles(globs: readonly string[], cwd: string): Promise<readonly string[]> {
  const files = new Set<string>()
  for (const pattern of globs) {
    // A path in native spelling is a pattern too; on Windows its backslashes would escape.
    const matches = await glob(path.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern, {
      cwd,
      onlyFiles: true,
    })
    if (matches.length === 0) {
      throw new SpecError('spec_not_found', `no spec matches '${pattern}' in ${cwd}`)
    }
    for (const match of matches) files.add(match)
  }
  return [...files].sort()
}

function invalid(issues: readonly SpecIssue[]): SpecError {
  const errors = issues.filter(({ severity }) => severity === 'error')
  const title = errors.length === 1 ? 'a spec has an error' : `the specs have ${errors.length} errors`
  return new SpecError('spec_invalid', `${title}\n${issues.map(formatIssue).join('\n')}`, { issues })
}
