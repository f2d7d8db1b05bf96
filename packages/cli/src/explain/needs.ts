// What an action involves besides its own entity: statuses it looks up, and integrations that follow it.
import { assertNever, printArgument } from '@perdure/core'
import type { ActionSpec, EntitySpec, Expression, IntegrationSpec } from '@perdure/core'
import { count, joinWords } from '../terminal/words.ts'
import { describeExpression } from './describe-expression.ts'

/** Sentences about what a rule needs from elsewhere, and what it sets off there. */
export function describeNeeds(spec: EntitySpec, rule: ActionSpec): readonly string[] {
  const related = rule.guard === undefined ? [] : [...new Set(relatedStatuses(rule.guard))]
  const names = new Set([
    rule.name,
    ...rule.effects.flatMap((effect) => (effect.kind === 'emit' ? effect.name : [])),
  ])
  const triggered = spec.integrations.filter(({ triggers }) => triggers.some((trigger) => names.has(trigger)))
  return [
    ...(related.length === 0 ? [] : [`To decide, it looks up the status of ${joinWords(related)}.`]),
    ...triggered.map(describeIntegration),
  ]
}

function describeIntegration(integration: IntegrationSpec): string {
  const { name, type, module, guard, onSuccess, onFailure, emits, retry, timeoutMs } = integration
  const answers = [
    ...(onSuccess === undefined ? [] : [`with ${onSuccess} when it succeeds`]),
    ...(onFailure === undefined ? [] : [`with ${onFailure} when it fails`]),
    ...(emits.length === 0 ? [] : [`perhaps with ${joinWords(emits, 'or')}`]),
  ]
  const limits = [
    ...(timeoutMs === undefined ? [] : [`each attempt may take ${timeoutMs} ms`]),
    ...(retry?.max === undefined ? [] : [`it is tried again up to ${count(retry.max, 'time')}`]),
  ]
  const kind = module === undefined ? type : `${type} ${module}`
  const condition = guard === undefined ? '' : ` if ${describeExpression(guard)}`
  const answer = answers.length === 0 ? '' : `, and answers ${joinWords(answers)}`
  const limit = limits.length === 0 ? '' : `; ${joinWords(limits)}`
  return `After its commit the integration '${name}' (${kind}) runs${condition}${answer}${limit}.`
}

function relatedStatuses(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'relatedStatus':
      return [`the ${expression.entityType} in ${printArgument(expression.path)}`]
    case 'and':
    case 'or':
      return expression.operands.flatMap(relatedStatuses)
    case 'not':
      return relatedStatuses(expression.operand)
    case 'compare':
    case 'implies':
      return [...relatedStatuses(expression.left), ...relatedStatuses(expression.right)]
    case 'in':
      return relatedStatuses(expression.item)
    case 'sum':
      return expression.terms.flatMap(({ operand }) => relatedStatuses(operand))
    case 'literal':
    case 'status':
    case 'variable':
    case 'param':
    case 'length':
    case 'empty':
      return []
    default:
      return assertNever(expression)
  }
}
