// Checks specs against each other: names of types, spawned children, references, statuses of related entities. Called by
// readSpecs with everything it read, and by whoever parsed several texts.
import type { ActionSpec, EntitySpec, Effect, Expression, SpecIssue } from '@perdure/core'

import type { IssueCode } from '../diagnostics/codes.ts'
import type { Hint } from '../diagnostics/did-you-mean.ts'
import { suggest } from '../diagnostics/did-you-mean.ts'
import { snakeCase } from '../names/snake-case.ts'
import { placeOf } from './spec-places.ts'
import { statusesOf } from './transitions.ts'
import { walkExpression } from './walk-expression.ts'

interface Bundle {
  readonly specs: ReadonlyMap<string, EntitySpec>
  /** Whether types that are not here may be elsewhere: a file that is checked alone. */
  readonly isPartial: boolean
  readonly issues: SpecIssue[]
}

type Spawn = Extract<Effect, { kind: 'spawn' }>

/** How to check a bundle. */
export interface CheckBundleOptions {
  /** Whether types that are not here may be elsewhere. @defaultValue true for one spec, which is checked against itself */
  readonly isPartial?: boolean
}

/** Checks specs that belong together: each type is declared once, and what names another entity type must find it here. */
export function checkBundle(
  specs: readonly EntitySpec[],
  options: CheckBundleOptions = {},
): readonly SpecIssue[] {
  const first = new Map<string, EntitySpec>()
  const bundle: Bundle = {
    specs: first,
    isPartial: options.isPartial ?? specs.length === 1,
    issues: [],
  }
  for (const spec of specs) {
    const known = first.get(spec.name)
    if (known === undefined) first.set(spec.name, spec)
    else reportDuplicate(spec, known, bundle)
  }
  for (const spec of specs) checkSpec(spec, bundle)
  return bundle.issues
}

/** Two specs of one entity type: every one after the first is told so. */
function reportDuplicate(spec: EntitySpec, known: EntitySpec, bundle: Bundle): void {
  const who = placeOf(known).file ?? 'another spec'
  report(bundle, 'duplicate_name', spec, `${who} declares the entity type '${spec.name}' too`)
}

function checkSpec(spec: EntitySpec, bundle: Bundle): void {
  for (const variable of spec.variables)
    checkTarget(variable.entityType, variable, `the variable '${variable.name}'`, bundle)
  for (const rule of spec.actions) {
    for (const param of rule.params) checkTarget(param.entityType, param, `the param '${param.name}'`, bundle)
    if (rule.guard !== undefined) checkRelated(rule.guard, bundle)
    for (const effect of rule.effects) if (effect.kind === 'spawn') checkSpawn(effect, rule, spec, bundle)
  }
  for (const { assert } of [...spec.invariants, ...spec.fieldInvariants]) checkRelated(assert, bundle)
  for (const { guard } of spec.integrations) if (guard !== undefined) checkRelated(guard, bundle)
}

function report({ issues }: Bundle, code: IssueCode, part: object, message: string, hint?: Hint): void {
  const found = typeof hint === 'function' ? hint() : hint
  issues.push({
    code,
    severity: 'error',
    message,
    ...placeOf(part),
    ...(found === undefined ? {} : { hint: found }),
  })
}

/** The spec of a type; reports it where it is missing. */
function findType(
  type: string,
  code: IssueCode,
  part: object,
  what: string,
  bundle: Bundle,
): EntitySpec | undefined {
  const spec = bundle.specs.get(type)
  if (spec === undefined && !bundle.isPartial) {
    const hint = suggest(type, bundle.specs.keys(), 'the entity types')
    report(bundle, code, part, `${what} names the entity type '${type}', which is not loaded`, hint)
  }
  return spec
}

function checkTarget(type: string | undefined, part: object, what: string, bundle: Bundle): void {
  if (type !== undefined) findType(type, 'ref_target_missing', part, what, bundle)
}

/** `Type[path].status`: the type must be there, and statuses it is compared with must be its own. */
function checkRelated(expression: Expression, bundle: Bundle): void {
  walkExpression(expression, (node) => {
    if (node.kind === 'relatedStatus') {
      findType(node.entityType, 'ref_target_missing', node, 'the expression', bundle)
    } else if (node.kind === 'compare') {
      checkStatus(node.left, [node.right], node, bundle)
      checkStatus(node.right, [node.left], node, bundle)
    } else if (node.kind === 'in' && node.set.kind === 'set') {
      const items = node.set.items.map((value): Expression => ({ kind: 'literal', value }))
      checkStatus(node.item, items, node, bundle)
    }
  })
}

function checkStatus(
  side: Expression,
  others: readonly Expression[],
  node: Expression,
  bundle: Bundle,
): void {
  if (side.kind !== 'relatedStatus') return
  const spec = bundle.specs.get(side.entityType)
  if (spec === undefined) return
  for (const other of others) {
    if (other.kind !== 'literal' || typeof other.value !== 'string' || spec.states.includes(other.value))
      continue
    const hint = suggest(other.value, spec.states, 'its states')
    report(bundle, 'unknown_state', node, `${spec.name} has no state '${other.value}'`, hint)
  }
}

function checkSpawn(effect: Spawn, rule: ActionSpec, parent: EntitySpec, bundle: Bundle): void {
  const child = findType(effect.entityType, 'spawn_target_missing', effect, `'${rule.name}'`, bundle)
  if (child === undefined) return
  const rules = child.actions.filter(({ name, kind }) => name === effect.action && kind !== 'output')
  const enabled = rules.filter((other) => statusesOf(other, child).includes(child.initial))
  if (rules.length === 0) {
    const hint = suggest(
      effect.action,
      child.actions.map(({ name }) => name),
      'its actions',
    )
    report(bundle, 'spawn_action_missing', effect, `${child.name} has no action '${effect.action}'`, hint)
  } else if (enabled.length === 0) {
    const message = `'${effect.action}' of ${child.name} cannot follow its creation: no rule of it applies in '${child.initial}'`
    report(bundle, 'spawn_action_not_enabled', effect, message)
  } else {
    checkSpawnParams(effect, rule, parent, enabled, bundle)
  }
}

/** A required param of the child's action comes from a param of the same name or is one of those a parent gives. */
function checkSpawnParams(
  effect: Spawn,
  rule: ActionSpec,
  parent: EntitySpec,
  enabled: readonly ActionSpec[],
  bundle: Bundle,
): void {
  const given = new Set([
    ...rule.params.map(({ name }) => name),
    'parent_id',
    'parent_type',
    `${snakeCase(parent.name)}_id`,
  ])
  const missing = enabled.map(({ params }) =>
    params.filter(({ name, required }) => required && !given.has(name)),
  )
  const [first] = missing
  if (first === undefined || missing.some(({ length }) => length === 0)) return
  const names = first.map(({ name }) => `'${name}'`).join(', ')
  const message = `'${effect.action}' of ${effect.entityType} requires ${names}, which '${rule.name}' does not pass on`
  report(bundle, 'spawn_params_unmapped', effect, message, `declare it as a param of '${rule.name}'`)
}
