// Text → EntitySpec, or every reason why not. The pipeline of the package, one stage a line.
import type { EntitySpec, SpecIssue } from '@perdure/core'

import { lintSpec } from './check/lint-spec.ts'
import { collectNames } from './check/names.ts'
import { resolveSpec } from './check/resolve-spec.ts'
import { notePlace } from './check/spec-places.ts'
import { modernize } from './compat/modernize.ts'
import type { IssueCode } from './diagnostics/codes.ts'
import { IssueList } from './diagnostics/issue-list.ts'
import { readToml } from './read-toml.ts'
import { readSections } from './sections/read-sections.ts'
import type { Span } from './toml/span.ts'

/** How to parse a spec. */
export interface ParseSpecOptions {
  /** The file's name, for diagnostics. */
  readonly file?: string
  /** What becomes of sections that this version does not execute. @defaultValue 'error' */
  readonly unsupported?: 'error' | 'warn'
  /** UTF-8 bytes of a file; a larger one is refused as `file_too_large`. @defaultValue 1 MiB */
  readonly maxFileBytes?: number
}

/** What a text says: a spec when it has no error, and every diagnostic either way. */
export interface ParseSpecResult {
  /** Absent when there is an error among the issues. */
  readonly spec?: EntitySpec
  /** Sorted by position. */
  readonly issues: readonly SpecIssue[]
}

/**
 * Parses one entity spec. Never throws: whatever is wrong, all of it at once, is in `issues`, each with a stable code,
 * line, column and mostly a hint.
 */
export function parseSpec(text: string, options: ParseSpecOptions = {}): ParseSpecResult {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const warnOf: readonly IssueCode[] = options.unsupported === 'warn' ? ['unsupported_section'] : []
  const issues = new IssueList({ text: source, file: options.file, warnOf })
  const root = readToml(source, issues, options.maxFileBytes)
  if (root === undefined) return { issues: issues.toIssues() }
  const sections = readSections(modernize(root, source, issues).root, issues)
  const note = (part: object, span: Span) => notePlace(part, span, () => issues.lines, options.file)
  const spec = resolveSpec(sections, { text: source, issues, note, names: collectNames(sections) })
  if (issues.hasErrors) return { issues: issues.toIssues() }
  note(spec, sections.automaton?.name?.span ?? root.span)
  lintSpec({ spec, sections, issues })
  return { spec, issues: issues.toIssues() }
}
