// What changes between two specs of one entity type, as far as it can be seen without looking at any entity. Renames that the
// newer one declares as upcasts are no changes. Asked before a running host takes a spec over, and by `perdure check-compat`.
import { own } from '../json/own.ts'
import type { ActionSpec, ParamSpec } from './action-spec.ts'
import type { EntitySpec, UpcastSpec } from './entity-spec.ts'
import type { StateVariable, ValueType } from './state-variable.ts'

/** One difference. Names of what is gone are those of the older spec, carried as far as upcasts rename them. */
export type SpecDifference =
  /** Events of the older spec could not be read under the newer one. */
  | { readonly kind: 'version_lowered'; readonly before: number; readonly after: number }
  | { readonly kind: 'status_removed'; readonly status: string }
  | { readonly kind: 'variable_removed'; readonly variable: string }
  | {
      readonly kind: 'variable_type_changed'
      readonly variable: string
      readonly before: ValueType
      readonly after: ValueType
    }
  /** No param leaves this field behind any longer, and no variable has its name. */
  | { readonly kind: 'field_removed'; readonly field: string }
  | { readonly kind: 'action_removed'; readonly action: string }
  | { readonly kind: 'param_removed'; readonly action: string; readonly param: string }
  | { readonly kind: 'param_required'; readonly action: string; readonly param: string }
  | {
      readonly kind: 'param_type_changed'
      readonly action: string
      readonly param: string
      readonly before: ValueType
      readonly after: ValueType
    }

/** A kind of difference that concerns what entities hold. */
export type StateDifferenceKind =
  'version_lowered' | 'status_removed' | 'variable_removed' | 'variable_type_changed' | 'field_removed'

/** The differences that concern what entities hold; the others concern those who ask something of them. */
export const stateDifferences: readonly StateDifferenceKind[] = [
  'version_lowered',
  'status_removed',
  'variable_removed',
  'variable_type_changed',
  'field_removed',
]

/** Compares two specs of one type. The same spec twice has no differences. */
export function compareSpecs(before: EntitySpec, after: EntitySpec): readonly SpecDifference[] {
  const names = carriedNames(before, after)
  return [
    ...(after.version < before.version
      ? [{ kind: 'version_lowered', before: before.version, after: after.version } as const]
      : []),
    ...before.states
      .map(names.status)
      .filter((status) => !after.states.includes(status))
      .map((status) => ({ kind: 'status_removed', status }) as const),
    ...before.variables.flatMap((variable) =>
      compareVariable(variable, names.variable(variable.name), after),
    ),
    ...removedFields(before, after, names),
    ...compareActions(before, after, names),
  ]
}

/** How the names of a spec go on in a newer one, through its upcasts. */
export interface CarriedNames {
  readonly action: (name: string) => string
  readonly param: (name: string) => string
  readonly status: (name: string) => string
  readonly variable: (name: string) => string
}

/** What the names of the older spec are in the newer one. */
export function carriedNames(before: EntitySpec, after: EntitySpec): CarriedNames {
  const steps = after.upcasts
    .filter(({ fromVersion }) => fromVersion >= before.version)
    .toSorted((left, right) => left.fromVersion - right.fromVersion)
  const by =
    (table: (step: UpcastSpec) => Readonly<Record<string, string>>) =>
    (name: string): string =>
      steps.reduce((each, step) => own(table(step), each) ?? each, name)
  return {
    action: by((step) => step.renameAction),
    param: by((step) => step.renameParam),
    status: by((step) => step.renameStatus),
    variable: by((step) => step.renameVariable),
  }
}

function compareVariable(
  before: StateVariable,
  name: string,
  { variables }: EntitySpec,
): readonly SpecDifference[] {
  const after = variables.find((variable) => variable.name === name)
  if (after === undefined) return [{ kind: 'variable_removed', variable: name }]
  if (after.type === before.type) return []
  return [{ kind: 'variable_type_changed', variable: name, before: before.type, after: after.type }]
}

function removedFields(
  before: EntitySpec,
  after: EntitySpec,
  names: CarriedNames,
): readonly SpecDifference[] {
  const variables = new Set(before.variables.map(({ name }) => name))
  const left = new Set([...fieldsOfParams(before)].filter((name) => !variables.has(name)).map(names.param))
  const known = new Set([...after.variables.map(({ name }) => name), ...fieldsOfParams(after)])
  return [...left].filter((field) => !known.has(field)).map((field) => ({ kind: 'field_removed', field }))
}

/** The fields that params leave behind. */
function fieldsOfParams({ actions }: EntitySpec): ReadonlySet<string> {
  return new Set(
    actions.flatMap(({ params }) => params.filter(({ transient }) => !transient).map(({ name }) => name)),
  )
}

function compareActions(
  before: EntitySpec,
  after: EntitySpec,
  names: CarriedNames,
): readonly SpecDifference[] {
  const differences = new Map<string, SpecDifference>()
  for (const rule of before.actions) {
    const action = names.action(rule.name)
    const rules = after.actions.filter(({ name }) => name === action)
    for (const difference of rules.length === 0
      ? [{ kind: 'action_removed', action } as const]
      : compareParams(rule, action, rules, after.strictActionParams, names)) {
      differences.set(JSON.stringify(difference), difference)
    }
  }
  return [...differences.values()]
}

function compareParams(
  before: ActionSpec,
  action: string,
  rules: readonly ActionSpec[],
  isStrict: boolean,
  names: CarriedNames,
): readonly SpecDifference[] {
  const declared = (param: string): readonly ParamSpec[] =>
    rules.flatMap(({ params }) => params.filter(({ name }) => name === param))
  const changed = before.params.flatMap(({ name, type }): readonly SpecDifference[] => {
    const param = names.param(name)
    const [after, ...others] = declared(param)
    if (after === undefined) return isStrict ? [{ kind: 'param_removed', action, param }] : []
    if ([after, ...others].some((each) => each.type === type)) return []
    return [{ kind: 'param_type_changed', action, param, before: type, after: after.type }]
  })
  const wasRequired = new Set(
    before.params.flatMap(({ name, required }) => (required ? names.param(name) : [])),
  )
  const required = rules.every(({ params }) => params.some((param) => param.required))
    ? rules.flatMap(({ params }) => params.flatMap((param) => (param.required ? param.name : [])))
    : []
  const newly = [...new Set(required)].filter((param) => !wasRequired.has(param))
  return [...changed, ...newly.map((param): SpecDifference => ({ kind: 'param_required', action, param }))]
}
