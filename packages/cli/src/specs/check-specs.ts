// Files → parsed specs and every diagnostic, within the files and across them. What check, lint and whoever needs sound
// specs ask; decides nothing about exit codes.
import type { EntitySpec, SpecIssue, SpecIssueSeverity } from '@perdure/core'
import { checkBundle, parseSpec } from '@perdure/spec-parser'
import { findSpecFiles } from './find-spec-files.ts'
import { readSpecText } from './read-spec-text.ts'

/** One file that was looked at. */
interface CheckedFile {
  readonly file: string
  readonly text: string
  /** Absent when the file has errors of its own. */
  readonly spec?: EntitySpec
}

/** What a check found. */
export interface CheckedSpecs {
  /** In order of name. */
  readonly files: readonly CheckedFile[]
  /** Of all files, in order of file and place. */
  readonly issues: readonly SpecIssue[]
}

/** How strict the reading is. */
export interface CheckSpecsOptions {
  /** Sections this version does not execute are warnings. */
  readonly allowUnsupported?: boolean
}

/** Parses and checks every spec that the arguments name. @throws CliError when files cannot be found or read */
export async function checkSpecs(
  globs: readonly string[],
  cwd: string,
  options: CheckSpecsOptions = {},
): Promise<CheckedSpecs> {
  const names = await findSpecFiles(globs, cwd)
  const texts = await Promise.all(names.map((file) => readSpecText(file, cwd)))
  const unsupported = options.allowUnsupported === true ? 'warn' : 'error'
  const issues: SpecIssue[] = []
  const files = names.map((file, index): CheckedFile => {
    const text = texts[index] ?? ''
    const parsed = parseSpec(text, { file, unsupported })
    issues.push(...parsed.issues)
    return parsed.spec === undefined ? { file, text } : { file, text, spec: parsed.spec }
  })
  const specs = files.flatMap(({ spec }) => spec ?? [])
  issues.push(...duplicateTypes(files))
  // A file that could not be parsed is missing from the bundle: what names its type is no mistake of its own.
  if (specs.length === files.length) issues.push(...checkBundle(specs))
  return { files, issues: issues.toSorted(byPlace) }
}

/** How many issues of each severity there are. */
export function countIssues(issues: readonly SpecIssue[]): Readonly<Record<SpecIssueSeverity, number>> {
  const counts = { error: 0, warning: 0, info: 0 }
  for (const { severity } of issues) counts[severity]++
  return counts
}

function duplicateTypes(files: readonly CheckedFile[]): readonly SpecIssue[] {
  const first = new Map<string, string>()
  const issues: SpecIssue[] = []
  for (const { file, spec } of files) {
    if (spec === undefined) continue
    const known = first.get(spec.name)
    if (known === undefined) first.set(spec.name, file)
    else issues.push(duplicate(file, `${known} declares the entity type '${spec.name}' too`))
  }
  return issues
}

function duplicate(file: string, message: string): SpecIssue {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 }
  return { code: 'duplicate_name', severity: 'error', message, file, ...place }
}

function byPlace(a: SpecIssue, b: SpecIssue): number {
  const [left, right] = [a.file ?? '', b.file ?? '']
  if (left !== right) return left < right ? -1 : 1
  return a.line - b.line || a.column - b.column
}
