import type { AbstractModel } from './abstraction/abstract-model.ts'
import type { VerifySettings } from './verify-options.ts'

/** What a check took for granted, in words; a verdict is worth as much as these are true. */
export function assumptionsOf(
  { spec, actions, layout }: AbstractModel,
  { create, fair, stronglyFair }: VerifySettings,
): readonly string[] {
  const related = new Set(
    actions.flatMap((plan) => plan.related).map(({ expression }) => expression.entityType),
  )
  const created =
    create === 'any'
      ? 'creation brings any fields that it accepts'
      : Object.keys(create).length === 0
        ? 'creation brings no fields'
        : `creation brings ${JSON.stringify(create)}`
  return [
    created,
    ...(layout.slots.length > 0 ? ['fields change through actions only, not by direct updates'] : []),
    ...(spec.strictActionParams ? [] : ['no command brings a param that no rule declares']),
    ...[...related].map((type) => `a ${type} may have any status at any time`),
    ...(spec.actions.some(({ effects }) => effects.some(({ kind }) => kind === 'scheduleAt'))
      ? ['the fields of schedule_at hold times']
      : []),
    ...fair.map((action) => `${action} is asked at last when it stays possible`),
    ...stronglyFair.map((action) => `${action} is asked at last when it becomes possible again and again`),
  ]
}
