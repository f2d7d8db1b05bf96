// Files → EntitySpecs. The one part of the package that touches the disk.
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { EntitySpec, SpecIssue } from '@perdure/core'
import { glob } from 'tinyglobby'

import { checkBundle } from './check/check-bundle.ts'
import { placeOf } from './check/spec-places.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { IssueList } from './diagnostics/issue-list.ts'
import { formatIssue } from './diagnostics/render-issue.ts'
import { parseSpec } from './parse-spec.ts'
import { SpecError } from './spec-error.ts'

/** Where to look. */
export interface LoadSpecsOptions {
  /** What the globs are relative to. @defaultValue the process's directory */
  readonly cwd?: string
  /** What becomes of sections that this version does not execute. @defaultValue 'error' */
  readonly unsupported?: 'error' | 'warn'
  /** Told every warning and info of specs that load; without it they are not heard. */
  readonly onIssue?: (issue: SpecIssue) => void
}

interface LoadedFile {
  readonly file: string
  readonly spec: EntitySpec | undefined
  readonly issues: readonly SpecIssue[]
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
  const loaded = await Promise.all(files.map((file) => loadFile(file, cwd, options)))
  const specs = loaded.flatMap(({ spec }) => spec ?? [])
  const own = [...loaded.flatMap((file) => file.issues), ...duplicates(loaded)]
  // A file that could not be parsed is missing from the bundle: what names its type is no mistake of its own.
  const issues = specs.length === loaded.length ? [...own, ...checkBundle(specs)] : own
  if (issues.some(({ severity }) => severity === 'error')) throw invalid(issues)
  if (options.onIssue !== undefined) for (const issue of issues) options.onIssue(issue)
  return specs
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

async function loadFile(file: string, cwd: string, options: LoadSpecsOptions): Promise<LoadedFile> {
  const decoded = decodeUtf8(await readBytes(path.resolve(cwd, file)))
  if (decoded.kind === 'notUtf8') return { file, spec: undefined, issues: notUtf8(decoded.before, file) }
  const { spec, issues } = parseSpec(decoded.text, {
    unsupported: options.unsupported ?? 'error',
    file,
  })
  return { file, spec, issues }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new SpecError('spec_unreadable', `cannot read the spec ${file}`, { cause: error })
  }
}

function notUtf8(before: string, file: string): readonly SpecIssue[] {
  const issues = new IssueList({ text: before, file })
  const fault = { start: before.length, end: before.length }
  issues.report('toml_syntax', fault, 'invalid TOML: what follows is not UTF-8', 'save the file as UTF-8')
  return issues.toIssues()
}

/** Two files of one entity type: every file after the first is told so. */
function duplicates(loaded: readonly LoadedFile[]): readonly SpecIssue[] {
  const first = new Map<string, string>()
  return loaded.flatMap(({ spec, file }): readonly SpecIssue[] => {
    if (spec === undefined) return []
    const known = first.get(spec.name)
    if (known === undefined) first.set(spec.name, file)
    if (known === undefined) return []
    const message = `${known} declares the entity type '${spec.name}' too`
    return [{ code: 'duplicate_name', severity: 'error' as const, message, ...placeOf(spec) }]
  })
}

function invalid(issues: readonly SpecIssue[]): SpecError {
  const errors = issues.filter(({ severity }) => severity === 'error')
  const title = errors.length === 1 ? 'a spec has an error' : `the specs have ${errors.length} errors`
  return new SpecError('spec_invalid', `${title}\n${issues.map(formatIssue).join('\n')}`, { issues })
}
