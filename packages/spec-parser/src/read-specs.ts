// Files → specs and every diagnostic, within the files and across them. The one reader of spec files: loadSpecs and the
// command line both ask it, so that a file has the same diagnostics wherever it is looked at.
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { EntitySpec, SpecIssue } from '@perdure/core'

import { checkBundle } from './check/check-bundle.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { IssueList } from './diagnostics/issue-list.ts'
import { parseSpec } from './parse-spec.ts'
import { SpecError } from './spec-error.ts'

/** How to read. */
export interface ReadSpecsOptions {
  /** What the names are relative to. @defaultValue the process's directory */
  readonly cwd?: string
  /** What becomes of sections that this version does not execute. @defaultValue 'error' */
  readonly unsupported?: 'error' | 'warn'
  /** UTF-8 bytes of a file; a larger one is refused as `file_too_large`. @defaultValue 1 MiB */
  readonly maxFileBytes?: number
}

/** One file that was read. */
export interface SpecFile {
  /** Its name, as it was given. */
  readonly file: string
  /** Its text; what is not UTF-8 in it reads as U+FFFD. */
  readonly text: string
  /** Absent when the file has errors of its own. */
  readonly spec?: EntitySpec
  /** Of this file alone, sorted by position. */
  readonly issues: readonly SpecIssue[]
}

/** What the files say. */
export interface ReadSpecsResult {
  /** In the order they were named. */
  readonly files: readonly SpecFile[]
  /** Of all files and across them, by file and position. */
  readonly issues: readonly SpecIssue[]
}

/**
 * Reads, parses and checks spec files that belong together. Whatever is wrong with them is in `issues`.
 *
 * @throws SpecError `spec_unreadable` when a file cannot be read
 */
export async function readSpecs(
  files: readonly string[],
  options: ReadSpecsOptions = {},
): Promise<ReadSpecsResult> {
  const read = await Promise.all(files.map((file) => readSpec(file, options)))
  const specs = read.flatMap(({ spec }) => spec ?? [])
  // A file that could not be parsed is missing from the bundle: what names its type is no mistake of its own.
  const isPartial = specs.length < read.length
  const across = checkBundle(specs, isPartial ? { isPartial } : {})
  const issues = [...read.flatMap((file) => file.issues), ...across]
  const order = new Map(files.map((file, index) => [file, index]))
  const rank = ({ file = '' }: SpecIssue) => order.get(file) ?? -1
  return {
    files: read,
    issues: issues.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column),
  }
}

async function readSpec(file: string, options: ReadSpecsOptions): Promise<SpecFile> {
  const { unsupported = 'error', maxFileBytes } = options
  const bytes = await readBytes(file, options.cwd ?? process.cwd())
  const decoded = decodeUtf8(bytes)
  if (decoded.kind === 'notUtf8') {
    return { file, text: new TextDecoder().decode(bytes), issues: notUtf8(decoded.before, file) }
  }
  const { text } = decoded
  return { file, text, ...parseSpec(text, { unsupported, file, ...(maxFileBytes && { maxFileBytes }) }) }
}

async function readBytes(file: string, cwd: string): Promise<Uint8Array> {
  try {
    return await readFile(path.resolve(cwd, file))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SpecError('spec_unreadable', `cannot read the spec ${file}: ${reason}`, { cause: error })
  }
}

function notUtf8(before: string, file: string): readonly SpecIssue[] {
  const issues = new IssueList({ text: before, file })
  const fault = { start: before.length, end: before.length }
  issues.report('toml_syntax', fault, 'invalid TOML: what follows is not UTF-8', 'save the file as UTF-8')
  return issues.toIssues()
}
