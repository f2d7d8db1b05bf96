// Older dialect → the language of today, as text. Called by the command line; keeps comments, order and whatever it does
// not understand.
import type { EntitySpec, SpecIssue } from '@perdure/core'

import { statusesOf, reachableStates } from './check/transitions.ts'
import { modernize } from './compat/modernize.ts'
import { IssueList } from './diagnostics/issue-list.ts'
import { applyEdits } from './edit/text-edits.ts'
import { unfoldSections } from './edit/unfold-sections.ts'
import { parseSpec } from './parse-spec.ts'
import { readToml } from './read-toml.ts'
import type { TableNode } from './toml/toml-node.ts'

/** A rewritten spec. */
export interface MigrateSpecResult {
  readonly text: string
  /** What remains to be said about the new text. */
  readonly issues: readonly SpecIssue[]
}

/**
 * Rewrites every older form of a spec into the language of today; a text without one comes back as it is. States that
 * nothing leaves, which the older dialect took for final, are written into `terminal`.
 */
export function migrateSpec(text: string): MigrateSpecResult {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const scratch = new IssueList({ text: source })
  const root = readToml(source, scratch)
  if (root === undefined) return { text, issues: scratch.toIssues() }
  if (modernize(root, source, scratch).edits.length === 0) return { text, issues: parseSpec(source).issues }
  const unfolded = unfoldSections(root, source)
  return unfolded === source ? rewrite(source, root) : rewrite(unfolded)
}

/** Makes the edits. What an older form needs besides (a param, a variable, a list of states) takes lines of its own. */
function rewrite(source: string, known?: TableNode): MigrateSpecResult {
  const scratch = new IssueList({ text: source })
  const root = known ?? readToml(source, scratch)
  if (root === undefined) return { text: source, issues: scratch.toIssues() }
  const { spec } = parseSpec(source)
  const { edits } = modernize(root, source, scratch, spec === undefined ? [] : finalStates(spec))
  const lineBreak = source.includes('\r\n') ? '\r\n' : '\n'
  const broken = edits.map((edit) => ({ ...edit, text: edit.text.replaceAll('\n', lineBreak) }))
  const migrated = applyEdits(source, broken)
  return { text: migrated, issues: parseSpec(migrated).issues }
}

/** States that a run may reach and nothing leaves. None while a rule applies everywhere: in a terminal state it would not. */
function finalStates(spec: EntitySpec): readonly string[] {
  if (spec.terminal.length === spec.states.length || spec.states.length === 1) return []
  if (spec.actions.some((rule) => rule.from.length === 0 && rule.kind !== 'output')) return []
  const left = new Set(
    spec.actions.flatMap((rule) =>
      statusesOf(rule, spec).filter((state) => rule.to !== undefined && rule.to !== state),
    ),
  )
  const reached = reachableStates(spec)
  return spec.states.filter(
    (state) =>
      reached.has(state) &&
      !left.has(state) &&
      !spec.allowIndefiniteStates.includes(state) &&
      state !== 'Deleted',
  )
}
