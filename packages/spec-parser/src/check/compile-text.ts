// Text in a spec → expression: parses, checks, and turns places inside the string into places in the file.
import type { Expression } from '@perdure/core'

import type { IssueCode } from '../diagnostics/codes.ts'
import type { IssueList } from '../diagnostics/issue-list.ts'
import { parseExpression } from '../grammar/parse-expression.ts'
import { limits } from '../limits.ts'
import type { Located } from '../sections/located.ts'
import { offsetsInString } from '../toml/scan-string.ts'
import type { Span } from '../toml/span.ts'
import type { Scope } from './scope.ts'
import { checkCondition } from './type-expression.ts'
import { walkExpression } from './walk-expression.ts'

/** Where the expressions and statements of one file are written, and where findings about them go. */
export interface TextContext {
  readonly text: string
  readonly issues: IssueList
  /** Notes where a part of the spec was written, for checks across files. */
  readonly note: (part: object, span: Span) => void
}

/** Stands for an expression that could not be read; the spec is refused anyway. */
const unreadable: Expression = { kind: 'literal', value: true }

/** Parses and checks a condition written in the file. What is wrong with it is reported at its own column. */
export function compileCondition(source: Located<string>, scope: Scope, context: TextContext): Expression {
  const parsed = parseExpression(source.value)
  const place = placesIn(source, context.text)
  if (parsed.kind === 'fault') {
    const code: IssueCode = parsed.code === 'syntax' ? 'invalid_expression' : parsed.code
    context.issues.report(code, place(parsed.span), parsed.message, parsed.hint)
    return unreadable
  }
  const { expression, spans } = parsed
  checkCondition(expression, scope, (code, node, message, hint, item) => {
    const isSet = node.kind === 'set' && item !== undefined
    const span = (isSet ? spans.itemsOf(node)[item] : undefined) ?? spans.of(node)
    context.issues.report(code, place(span), message, hint)
  })
  checkLookups(expression, source, context)
  walkExpression(expression, (node) => context.note(node, source.span))
  return expression
}

function checkLookups(expression: Expression, source: Located<string>, { issues }: TextContext): void {
  let lookups = 0
  walkExpression(expression, ({ kind }) => {
    if (kind === 'relatedStatus') lookups++
  })
  if (lookups <= limits.relatedLookups) return
  const message = `${lookups} look-ups of related entities; at most ${limits.relatedLookups} are allowed`
  issues.report('too_many_lookups', source.span, message, 'split the rule')
}

/** Maps spans inside a string's value to spans of the file; made when first asked, for most strings have no fault. */
export function placesIn(source: Located<string>, text: string): (span: Span) => Span {
  if (source.isRewritten) return () => source.span
  let offsets: readonly number[] | undefined
  return ({ start, end }) => {
    offsets ??= offsetsInString(text, source.span)
    const from = offsets[start] ?? source.span.end
    const last = end > start ? (offsets[end - 1] ?? from) : from
    return { start: from, end: Math.max(offsets[end] ?? last + 1, from) }
  }
}
