// Spec → what is explored: kept slots with their cells, packed states, actions with their choices, invariants. Made anew
// for each margin; pure.
import type { EntityModel, EntitySpec, InvariantSpec } from '@perdure/core'
import { planActions } from '../transition/plan-actions.ts'
import type { ActionPlan } from '../transition/action-plan.ts'
import { coneOfInfluence, pathsIn } from './cone.ts'
import type { ConstantClasses } from './constant-classes.ts'
import { itemPlace, lengthPlace, variablePlace } from './constant-classes.ts'
import { makeDomain } from './domain.ts'
import { gatherConstants } from './gather-constants.ts'
import { layOut } from './layout.ts'
import type { Layout, Slot } from './layout.ts'

/** One invariant, ready to be asked. */
export interface InvariantPlan {
  readonly spec: InvariantSpec
  /** Statuses in which it is asked; undefined: all. */
  readonly when: ReadonlySet<string> | undefined
  /** The digits it depends on, the status first. */
  readonly support: readonly number[]
}

/** What is explored. */
export interface AbstractModel {
  readonly spec: EntitySpec
  readonly model: EntityModel
  readonly layout: Layout
  readonly actions: readonly ActionPlan[]
  readonly invariants: readonly InvariantPlan[]
  /** Whether a larger margin would tell more states apart. */
  readonly isRefinable: boolean
  readonly margin: number
}

/** Makes the abstract model; a text says why it cannot be made. */
export function abstractModel(
  model: EntityModel,
  margin: number,
  others: ReadonlyMap<string, EntitySpec>,
): AbstractModel | string {
  const { spec } = model
  const classes = gatherConstants(spec)
  const kept = coneOfInfluence(spec)
  const slots = slotsOf(model, kept, classes, margin)
  const layout = layOut(spec.states, slots)
  if (layout === undefined)
    return 'its variables have more combinations than two 53-bit numbers can tell apart'
  const actions = planActions({ model, classes, kept, margin, others })
  if (typeof actions === 'string') return actions
  const invariants = spec.invariants.map((invariant) => planInvariant(invariant, layout))
  const isRefinable = slots.some(({ domain }) => domain.isRefinable)
  return { spec, model, layout, actions, invariants, isRefinable, margin }
}

/** Variables in file order, then fields by name. */
function slotsOf(
  model: EntityModel,
  kept: ReadonlySet<string>,
  classes: ConstantClasses,
  margin: number,
): readonly Slot[] {
  const { variables } = model
  const fields = [...kept].filter((name) => !variables.has(name)).sort()
  const names = [...[...variables.keys()].filter((name) => kept.has(name)), ...fields]
  return names.map((name) => {
    const place = variablePlace(name)
    const isField = !variables.has(name)
    const type = variables.get(name)?.type ?? fieldType(model, name)
    const domain = makeDomain({
      type,
      isNullable: isField,
      constants: classes.constantsOf(place) ?? [],
      lengths: classes.constantsOf(lengthPlace(place))?.filter((constant) => typeof constant === 'number'),
      members: classes.constantsOf(itemPlace(place)) ?? [],
      margin,
    })
    return { name, type, isField, domain }
  })
}

/** The type of a field: that of the params of its name, where they agree. */
function fieldType(model: EntityModel, name: string): Slot['type'] {
  const types = new Set(
    [...model.actions.values()].flatMap((action) => action.params.get(name) ?? []).map(({ type }) => type),
  )
  const [type] = types
  return types.size === 1 && type !== undefined ? type : 'json'
}

function planInvariant(spec: InvariantSpec, { digits }: Layout): InvariantPlan {
  const read = pathsIn(spec.assert).flatMap((path) => digits.get(path.name) ?? [])
  return {
    spec,
    when: spec.when === undefined ? undefined : new Set(spec.when),
    support: [0, ...new Set(read)],
  }
}
