// Checks one effect statement against the names of its spec and the params of its rule. Reports the part that is wrong.
import { assertNever } from '@perdure/core'
import type { Effect, EffectArgument, ValueType } from '@perdure/core'

import type { Hint } from '../diagnostics/did-you-mean.ts'
import { suggest } from '../diagnostics/did-you-mean.ts'
import type { EffectSpans } from '../grammar/parse-effect.ts'
import type { Span } from '../toml/span.ts'
import { assignFault } from './assignable.ts'
import type { Names } from './names.ts'

/** Takes one finding about a part of the statement. */
export type ReportPart = (
  code: 'unknown_variable' | 'unknown_action' | 'type_mismatch' | 'invalid_effect',
  span: Span,
  message: string,
  hint?: Hint,
) => void

/** What one statement is checked against. */
export interface EffectScope {
  readonly names: Names
  readonly params: ReadonlyMap<string, ValueType>
}

interface Check extends EffectScope {
  readonly spans: EffectSpans
  readonly report: ReportPart
}

const numeric: readonly ValueType[] = ['counter', 'int', 'number']

/** Reports every part of the statement that does not fit. */
export function checkEffect(
  effect: Effect,
  spans: EffectSpans,
  scope: EffectScope,
  report: ReportPart,
): void {
  const check: Check = { ...scope, spans, report }
  switch (effect.kind) {
    case 'assign':
      return checkAssign(effect.variable, effect.value, check)
    case 'add':
    case 'subtract':
      return checkAmount(effect.variable, effect.amount, check)
    case 'append':
    case 'remove':
      if (requireVariable(effect.variable, ['list', 'set'], 'a list or a set', check))
        checkItem(effect.item, check)
      return undefined
    case 'removeAt':
      requireVariable(effect.variable, ['list'], 'a list', check)
      requireNumber(effect.index, 'an index', 0, check)
      return undefined
    case 'clear':
      requireVariable(effect.variable, undefined, 'a variable', check)
      return undefined
    case 'schedule':
      requireAction(effect.action, check)
      requireNumber(effect.seconds, 'a number of seconds', 0, check)
      return undefined
    case 'scheduleAt':
      requireAction(effect.action, check)
      return checkDueField(effect.field, check)
    case 'cancel':
      return requireAction(effect.action, check)
    case 'spawn':
      return checkSpawn(effect, check)
    case 'emit':
      return undefined
    default:
      return assertNever(effect)
  }
}

function spanOfArgument({ spans }: Check): Span {
  return spans.argument ?? spans.whole
}

/** The type of an argument; undefined for a literal, and for a name that is unknown, which is reported. */
function argumentType(argument: EffectArgument, check: Check): ValueType | undefined {
  switch (argument.kind) {
    case 'literal':
      return undefined
    case 'variable': {
      const type = check.names.variables.get(argument.name)
      if (type === undefined) unknownVariable(argument.name, spanOfArgument(check), check)
      return type
    }
    case 'param': {
      const type = check.params.get(argument.name) ?? (check.names.strictParams ? undefined : 'json')
      if (type !== undefined) return type
      const hint = suggest(argument.name, check.params.keys(), 'the params')
      check.report(
        'unknown_variable',
        spanOfArgument(check),
        `the action has no param '${argument.name}'`,
        hint,
      )
      return undefined
    }
  }
}

function unknownVariable(name: string, span: Span, { names, params, report }: Check): void {
  const hint = params.has(name)
    ? `write params.${name}`
    : suggest(name, names.variables.keys(), 'the variables')
  report('unknown_variable', span, `there is no variable '${name}'`, hint)
}

/** Whether the target is a variable of one of these types (any, when undefined); what is not is reported. */
function requireVariable(
  name: string,
  types: readonly ValueType[] | undefined,
  what: string,
  check: Check,
): boolean {
  const type = check.names.variables.get(name)
  if (type === undefined) {
    unknownVariable(name, check.spans.target, { ...check, params: new Map() })
    return false
  }
  if (types === undefined || types.includes(type)) return true
  check.report('type_mismatch', check.spans.target, `'${name}' is a ${type}, not ${what}`)
  return false
}

function checkAssign(variable: string, value: EffectArgument, check: Check): void {
  const isKnown = requireVariable(variable, undefined, 'a variable', check)
  const from = argumentType(value, check)
  const to = check.names.variables.get(variable)
  if (!isKnown || to === undefined || (value.kind !== 'literal' && from === undefined)) return
  const fault = assignFault(
    to,
    value.kind === 'literal' ? { literal: value.value } : { type: from ?? 'json' },
  )
  if (fault !== undefined)
    check.report('type_mismatch', spanOfArgument(check), `'${variable}' is a ${to}: ${fault}`)
}

function checkAmount(variable: string, amount: EffectArgument, check: Check): void {
  const isNumber = requireVariable(variable, numeric, 'a number', check)
  const type = check.names.variables.get(variable)
  const fits = requireNumber(amount, 'an amount', type === 'counter' ? 0 : undefined, check)
  if (!isNumber || !fits || type === 'number' || !mayBeFraction(amount, check)) return
  check.report(
    'type_mismatch',
    spanOfArgument(check),
    `'${variable}' holds whole numbers; the amount may be a fraction`,
  )
}

function mayBeFraction(amount: EffectArgument, { names, params }: Check): boolean {
  if (amount.kind === 'literal') return !Number.isInteger(amount.value)
  return (amount.kind === 'variable' ? names.variables : params).get(amount.name) === 'number'
}

/** Whether the argument is a number, as far as can be known; reports it when it is not, or is below the minimum. */
function requireNumber(
  argument: EffectArgument,
  what: string,
  minimum: number | undefined,
  check: Check,
): boolean {
  const type = argumentType(argument, check)
  if (argument.kind === 'literal') {
    if (typeof argument.value === 'number' && argument.value >= (minimum ?? -Infinity)) return true
    const message = `${what} must be a number${minimum === undefined ? '' : ' that is not negative'}`
    check.report('type_mismatch', spanOfArgument(check), message)
    return false
  }
  if (type === undefined) return false
  if (numeric.includes(type) || type === 'json') return true
  check.report(
    'type_mismatch',
    spanOfArgument(check),
    `${what} must be a number; '${argument.name}' is a ${type}`,
  )
  return false
}

function checkItem(item: EffectArgument, check: Check): void {
  const type = argumentType(item, check)
  if (item.kind === 'literal' || (type !== 'list' && type !== 'set')) return
  const hint = item.kind === 'param' ? `declare it: { name = "${item.name}", type = "string" }` : undefined
  check.report(
    'type_mismatch',
    spanOfArgument(check),
    `'${item.name}' is a ${type}; one item is wanted`,
    hint,
  )
}

function requireAction(action: string, { names, spans, report }: Check): void {
  if (!names.actions.has(action)) {
    report(
      'unknown_action',
      spans.target,
      `there is no action '${action}'`,
      suggest(action, names.actions, 'the actions'),
    )
  } else if (names.outputs.has(action)) {
    report(
      'unknown_action',
      spans.target,
      `'${action}' is an output: nothing dispatches it`,
      'make it kind = "internal"',
    )
  }
}

function checkDueField(field: string, check: Check): void {
  const { names, params, spans, report } = check
  if (names.variables.has(field) || names.fields.has(field) || params.has(field)) return
  const known = [...names.variables.keys(), ...names.fields.keys()]
  report(
    'unknown_variable',
    spans.field ?? spans.whole,
    `there is no field '${field}'`,
    suggest(field, known, 'the fields'),
  )
}

function checkSpawn(effect: Extract<Effect, { kind: 'spawn' }>, check: Check): void {
  if (effect.storeField !== undefined) {
    const spans = { ...check.spans, target: check.spans.field ?? check.spans.whole }
    requireVariable(effect.storeField, ['string', 'ref', 'json'], 'a string or a ref that can hold the id', {
      ...check,
      spans,
    })
  }
  if (effect.id === undefined) return
  const type = argumentType(effect.id, check)
  if (effect.id.kind === 'literal' ? typeof effect.id.value === 'string' : type === undefined) return
  if (type === 'string' || type === 'ref' || type === 'json') return
  check.report('type_mismatch', spanOfArgument(check), 'an id is a string')
}
