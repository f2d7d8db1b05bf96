// What a param is compared with by the rules of its action. Being the same is a choice of its own, so that in every
// other choice the param can be taken to differ.
import type { ActionModel, EntityModel, Expression } from '@perdure/core'
import type { ParamChoice } from './action-plan.ts'

type Partner = Extract<ParamChoice, { kind: 'same' | 'sameParam' | 'member' }>

/** The partners of a param, each once, in the order of the file. */
export function findPartners(model: EntityModel, action: ActionModel, param: string): readonly Partner[] {
  const found = action.rules.flatMap(({ spec }): readonly Partner[] => [
    ...(spec.guard === undefined ? [] : partnersIn(spec.guard, param)),
    ...spec.effects.flatMap((effect): readonly Partner[] => {
      if (effect.kind !== 'append' && effect.kind !== 'remove') return []
      const isRead = effect.item.kind === 'param' && effect.item.name === param
      const isAsked = effect.kind === 'remove' || model.variables.get(effect.variable)?.type === 'set'
      return isRead && isAsked ? [{ kind: 'member', list: effect.variable }] : []
    }),
  ])
  return [...new Map(found.map((partner) => [JSON.stringify(partner), partner])).values()]
}

function partnersIn(expression: Expression, param: string): readonly Partner[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap((operand) => partnersIn(operand, param))
    case 'not':
      return partnersIn(expression.operand, param)
    case 'implies':
      return [...partnersIn(expression.left, param), ...partnersIn(expression.right, param)]
    case 'compare':
      return [
        ...partnerOf(expression.left, expression.right, param),
        ...partnerOf(expression.right, expression.left, param),
      ]
    case 'in': {
      const isItem = expression.item.kind === 'param' && expression.item.name === param
      return isItem && expression.set.kind === 'variable'
        ? [{ kind: 'member', list: expression.set.name }]
        : []
    }
    default:
      return []
  }
}

function partnerOf(side: Expression, other: Expression, param: string): readonly Partner[] {
  if (side.kind !== 'param' || side.name !== param) return []
  if (other.kind === 'variable') return [{ kind: 'same', variable: other.name }]
  // Of two params, the later one by name takes the earlier one's value.
  return other.kind === 'param' && other.name < param ? [{ kind: 'sameParam', param: other.name }] : []
}
