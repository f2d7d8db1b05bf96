// Reads what a spec compares with what, so that every slot gets the cells that its guards and invariants can tell apart.
import type {
  ActionSpec,
  Effect,
  EffectArgument,
  EntitySpec,
  Expression,
  Literal,
  PathExpression,
} from '@perdure/core'
import { printArgument } from '@perdure/core'
import { ConstantClasses, itemPlace, lengthPlace, paramPlace, variablePlace } from './constant-classes.ts'
import type { Place } from './constant-classes.ts'
import { assignsVariable } from './param-roles.ts'

/** Gathers the constants of all rules and invariants. */
export function gatherConstants(spec: EntitySpec): ConstantClasses {
  const classes = new ConstantClasses()
  for (const variable of spec.variables) {
    if (typeof variable.initial === 'number') classes.add(variablePlace(variable.name), variable.initial)
  }
  for (const { assert } of spec.invariants) gather(assert, { classes, spec, action: '' })
  for (const rule of spec.actions) gatherRule(rule, { classes, spec, action: rule.name })
  return classes
}

interface Gathering {
  readonly classes: ConstantClasses
  readonly spec: EntitySpec
  readonly action: string
}

/** The place of a related entity's status, as one expression of one action reads it. */
export function relatedPlace(action: string, related: Extract<Expression, { kind: 'relatedStatus' }>): Place {
  const scope = related.path.kind === 'param' ? `${action} ` : ''
  return `status of ${related.entityType} ${scope}${printArgument(related.path)}`
}

function placeOf(path: PathExpression | EffectArgument, { action }: Gathering): Place | undefined {
  if (path.kind === 'literal') return undefined
  return path.kind === 'variable' ? variablePlace(path.name) : paramPlace(action, path.name)
}

function gatherRule(rule: ActionSpec, gathering: Gathering): void {
  const { classes, spec } = gathering
  if (rule.guard !== undefined) gather(rule.guard, gathering)
  for (const effect of rule.effects) gatherEffect(effect, gathering)
  for (const { name } of rule.params) {
    const variable = spec.variables.find((candidate) => candidate.name === name)
    if (variable === undefined || assignsVariable(variable))
      classes.unite(variablePlace(name), paramPlace(rule.name, name))
  }
}

function gatherEffect(effect: Effect, gathering: Gathering): void {
  if (!('variable' in effect)) return
  const { classes, spec } = gathering
  const place = variablePlace(effect.variable)
  const meet = (target: Place, argument: EffectArgument, keepsLiteral: boolean): void => {
    const source = placeOf(argument, gathering)
    if (source !== undefined) classes.unite(target, source)
    else if (keepsLiteral && argument.kind === 'literal') classes.add(target, argument.value)
  }
  switch (effect.kind) {
    case 'assign':
      // A text that is assigned but never asked for needs no cell of its own; a number does, to count on from.
      return meet(
        place,
        effect.value,
        effect.value.kind === 'literal' && typeof effect.value.value === 'number',
      )
    case 'add':
    case 'subtract':
      return meet(place, effect.amount, false)
    case 'append': {
      const isSet = spec.variables.some(({ name, type }) => name === effect.variable && type === 'set')
      return meet(itemPlace(place), effect.item, isSet)
    }
    case 'remove':
      return meet(itemPlace(place), effect.item, true)
    case 'removeAt':
      return meet(lengthPlace(place), effect.index, true)
    case 'clear':
      return undefined
  }
}

/** What the sides of a comparison are made of. */
interface Leaves {
  readonly places: readonly Place[]
  readonly literals: readonly Literal[]
}

function gather(expression: Expression, gathering: Gathering): void {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) gather(operand, gathering)
      return
    case 'not':
      return gather(expression.operand, gathering)
    case 'implies':
      gather(expression.left, gathering)
      return gather(expression.right, gathering)
    case 'compare':
      gather(expression.left, gathering)
      gather(expression.right, gathering)
      return meetAll(leavesOf([expression.left, expression.right], gathering), gathering)
    case 'in':
      return gatherMembership(expression, gathering)
    case 'variable':
    case 'param': {
      // Read as a test when it stands alone; only JSON has cells for that.
      const place = placeOf(expression, gathering)
      if (place !== undefined) gathering.classes.add(place, true)
      return
    }
    case 'literal':
    case 'status':
    case 'relatedStatus':
    case 'length':
    case 'empty':
    case 'sum':
      return undefined
  }
}

function gatherMembership({ item, set }: Extract<Expression, { kind: 'in' }>, gathering: Gathering): void {
  const { places, literals } = leavesOf([item], gathering)
  const list = set.kind === 'set' ? undefined : placeOf(set, gathering)
  meetAll(
    {
      places: list === undefined ? places : [...places, itemPlace(list)],
      literals: set.kind === 'set' ? [...literals, ...set.items] : literals,
    },
    gathering,
  )
}

/** Everything in one comparison may be compared with everything else in it, and with sums of its numbers. */
function meetAll({ places, literals }: Leaves, { classes }: Gathering): void {
  const [first, ...others] = places
  if (first === undefined) return
  for (const other of others) classes.unite(first, other)
  const numbers = literals.filter((literal) => typeof literal === 'number')
  const sum = numbers.reduce((total, number) => total + Math.abs(number), 0)
  for (const literal of numbers.length > 1 ? [...literals, sum] : literals) classes.add(first, literal)
}

function leavesOf(expressions: readonly Expression[], gathering: Gathering): Leaves {
  const places: Place[] = []
  const literals: Literal[] = []
  for (const expression of expressions) {
    switch (expression.kind) {
      case 'literal':
        literals.push(expression.value)
        break
      case 'status':
        literals.push(...gathering.spec.states)
        break
      case 'variable':
      case 'param': {
        const place = placeOf(expression, gathering)
        if (place !== undefined) places.push(place)
        break
      }
      case 'length': {
        const place = placeOf(expression.path, gathering)
        if (place !== undefined) places.push(lengthPlace(place))
        break
      }
      case 'relatedStatus':
        places.push(relatedPlace(gathering.action, expression))
        break
      case 'sum': {
        const inner = leavesOf(
          expression.terms.map(({ operand }) => operand),
          gathering,
        )
        places.push(...inner.places)
        literals.push(...inner.literals)
        break
      }
      default:
        break
    }
  }
  return { places, literals }
}
