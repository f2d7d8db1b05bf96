// A choice of the abstract model → real commands that make it, given the real state.
import { own, relatedKey } from '@perdure/core'
import type { EntityState, JsonObject, JsonValue, RelatedEntity, ValueType } from '@perdure/core'
import type { ActionPlan, Choice, ParamChoice, ParamPlan } from '../transition/action-plan.ts'
import { product } from '../transition/action-plan.ts'
import type { RelatedStatuses } from './real-entity.ts'
import { readVariable } from './real-entity.ts'
import type { ValueMaker } from './make-values.ts'

/** A command ready to be asked. */
export interface RealCommand {
  readonly action: string
  readonly params: JsonObject
  readonly related: RelatedStatuses
}

/** More combinations of candidate values than these are not tried for one step. */
const maxCandidates = 24

/** Commands that make the choice, likeliest first; empty when the real state offers none. */
export function commandsFor(
  plan: ActionPlan,
  choice: Choice,
  state: EntityState,
  maker: ValueMaker,
): readonly RealCommand[] {
  const ordinary = ordinaryParams(plan, maker)
  const columns = plan.params.map((param, index) => {
    const chosen = choice.params[index] ?? { kind: 'absent' }
    return candidatesOf(chosen, param, state, maker)
  })
  return product(columns)
    .slice(0, maxCandidates)
    .flatMap((values) => {
      const params: Record<string, JsonValue> = { ...ordinary }
      plan.params.forEach(({ name }, index) => {
        const value = values[index]
        if (value !== undefined) params[name] = value
      })
      plan.params.forEach(({ name }, index) => {
        const chosen = choice.params[index]
        if (chosen?.kind === 'sameParam') params[name] = own(params, chosen.param) ?? null
      })
      return { action: plan.name, params, related: relatedOf(plan, choice, params, state) }
    })
}

/** Params that no rule looks at are given too, for an effect may need them. */
function ordinaryParams({ model, params }: ActionPlan, maker: ValueMaker): JsonObject {
  const planned = new Set(params.map(({ name }) => name))
  const rest = [...model.params].filter(([name]) => !planned.has(name))
  const times = new Set(
    model.rules.flatMap(({ spec }) =>
      spec.effects.flatMap((effect) => (effect.kind === 'scheduleAt' ? [effect.field] : [])),
    ),
  )
  return Object.fromEntries(
    rest.map(([name, declarations]) => {
      const type = declarations[0]?.type ?? 'json'
      return [name, (times.has(name) ? aTime(type) : maker.ordinary(type)[0]) ?? null]
    }),
  )
}

/** A time to come, as a field for `schedule_at` holds it. */
function aTime(type: ValueType): JsonValue {
  return type === 'string' || type === 'json' ? '2100-01-01T00:00:00.000Z' : Date.UTC(2100, 0)
}

/** Undefined stands for a param that is left out, or filled in later. */
function candidatesOf(
  chosen: ParamChoice,
  { domain, type }: ParamPlan,
  state: EntityState,
  maker: ValueMaker,
): readonly (JsonValue | undefined)[] {
  switch (chosen.kind) {
    case 'absent':
    case 'sameParam':
      return [undefined]
    case 'null':
      return [null]
    case 'cell': {
      const value = domain.values[chosen.cell]
      return value === undefined ? [] : maker.valuesOf(value, type)
    }
    case 'same':
      return [readVariable(state, chosen.variable) ?? null]
    case 'member': {
      const list = readVariable(state, chosen.list)
      const mentioned = domain.values.flatMap((value) => (value.kind === 'exact' ? [value.value] : []))
      const items = Array.isArray(list) ? (list as readonly JsonValue[]) : []
      return items.filter((item) => !mentioned.some((literal) => literal === item)).slice(0, 1)
    }
  }
}

function relatedOf(
  { related }: ActionPlan,
  choice: Choice,
  params: JsonObject,
  state: EntityState,
): RelatedStatuses {
  const statuses = new Map<string, string | null>()
  related.forEach(({ expression }, index) => {
    const { path, entityType } = expression
    const id = path.kind === 'param' ? own(params, path.name) : readVariable(state, path.name)
    if (typeof id !== 'string' || id === '') return
    const entity: RelatedEntity = { type: entityType, id }
    statuses.set(relatedKey(entity), choice.related[index] ?? null)
  })
  return statuses
}
