// Which names may be given. Names end up in ids, SQL, generated TypeScript and expressions.
import { isReservedActionName, isReservedFieldName } from '@perdure/core'

import type { IssueList } from '../diagnostics/issue-list.ts'
import { limits } from '../limits.ts'
import type { Located } from './located.ts'

const entityTypePattern = /^[A-Za-z][A-Za-z0-9_]{0,62}$/
const identifierPattern = /^[\p{L}_][\p{L}\p{N}_]*$/u
/** Words that an expression reads as something else than a variable. */
const expressionWords: ReadonlySet<string> = new Set(['true', 'false', 'null', 'not', 'in', 'params'])

/** Reports an entity type that is not a letter followed by letters, digits and `_`, 63 at most. */
export function checkEntityType(name: Located<string>, what: string, issues: IssueList): void {
  if (entityTypePattern.test(name.value)) return
  const hint = 'a letter, then letters, digits and _, at most 63 in all'
  issues.report('invalid_name', name.span, `${what} cannot be called '${name.value}'`, hint)
}

/** Reports a name that nothing may have: empty, over 255 bytes, with NUL or half a surrogate pair. */
export function checkName(name: Located<string>, what: string, issues: IssueList): boolean {
  const fault = faultOf(name.value)
  if (fault === undefined) return true
  issues.report('invalid_name', name.span, `the name of ${what} ${fault}`)
  return false
}

function faultOf(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'contains NUL'
  if (/\p{Surrogate}/u.test(name)) return 'contains half a surrogate pair'
  if (Buffer.byteLength(name) > limits.nameBytes) return `has more than ${limits.nameBytes} bytes`
  return undefined
}

/** Reports an action name that cannot be used. */
export function checkActionName(name: Located<string>, issues: IssueList): void {
  if (!checkName(name, 'an action', issues) || !isReservedActionName(name.value)) return
  issues.report(
    'reserved_name',
    name.span,
    `an action cannot be called '${name.value}'`,
    'the name is reserved: Created, Deleted and FieldsUpdated are events of their own',
  )
}

/** Reports a variable or param name that cannot be used. */
export function checkFieldName(name: Located<string>, what: string, issues: IssueList): void {
  if (!checkName(name, what, issues)) return
  if (isReservedFieldName(name.value)) {
    issues.report(
      'reserved_name',
      name.span,
      `${what} cannot be called '${name.value}'`,
      'the name is reserved',
    )
  } else if (!identifierPattern.test(name.value)) {
    issues.report(
      'invalid_name',
      name.span,
      `${what} cannot be called '${name.value}'`,
      'a letter, then letters, digits and _',
    )
  } else if (what === 'a variable' && expressionWords.has(name.value)) {
    issues.report(
      'reserved_name',
      name.span,
      `a variable cannot be called '${name.value}'`,
      'it is a word of the expression language',
    )
  }
}

/** Reports names given twice; the first stands. */
export function checkUnique(names: readonly Located<string>[], what: string, issues: IssueList): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.value))
      issues.report('duplicate_name', name.span, `${what} '${name.value}' is there twice`)
    seen.add(name.value)
  }
}
