import { deletedStatus, zeroOf } from '@perdure/core'
import type { ActionKind, ActionSpec, Effect, Literal, ParamSpec } from '@perdure/core'

import type { IssueCode } from '../diagnostics/codes.ts'
import { parseEffect } from '../grammar/parse-effect.ts'
import { limits } from '../limits.ts'
import type { ActionSection, ParamSection } from '../sections/action.ts'
import { isNumeric } from '../sections/value-types.ts'
import type { TextNode } from '../toml/toml-node.ts'
import { checkEffect } from './check-effect.ts'
import type { EffectScope } from './check-effect.ts'
import { compileCondition, placesIn } from './compile-text.ts'
import { guardScope } from './guard-scope.ts'
import { paramType, paramTypes } from './names.ts'
import { requireState, requireStates } from './require-names.ts'
import type { SpecContext } from './spec-context.ts'

/** `[[action]]` → rule: its states, guard, effects and params checked against the names of the spec. */
export function resolveAction(section: ActionSection, context: SpecContext): ActionSpec {
  const params = paramTypes(section, context.names)
  const effects = section.effects.flatMap((source) =>
    resolveEffect(source, { names: context.names, params }, context),
  )
  checkSpawns(section, effects, context)
  checkTerminal(section, context)
  return {
    name: section.name?.value ?? '',
    kind: kindOf(section.kind?.value),
    from: requireStates(section.from, context),
    ...(section.to === undefined ? {} : { to: requireState(section.to, context) }),
    ...(section.guard === undefined
      ? {}
      : { guard: compileCondition(section.guard, guardScope(context.names, params), context) }),
    effects,
    params: section.params.map((param) => resolveParam(param, section, context)),
    ...(section.hint === undefined ? {} : { hint: section.hint.value }),
  }
}

function kindOf(word: string | undefined): ActionKind {
  return word === 'input' || word === 'output' ? word : 'internal'
}

function resolveEffect(source: TextNode, scope: EffectScope, context: SpecContext): readonly Effect[] {
  const { text, issues } = context
  const parsed = parseEffect(source.value)
  const place = placesIn(source, text)
  if (parsed.kind === 'fault') {
    const code: IssueCode = parsed.code === 'syntax' ? 'invalid_effect' : parsed.code
    issues.report(code, place(parsed.span), parsed.message, parsed.hint)
    return []
  }
  checkEffect(parsed.effect, parsed.spans, scope, (code, span, message, hint) => {
    issues.report(code, place(span), message, hint)
  })
  const effect = lowerClear(parsed.effect, scope)
  context.note(effect, place(parsed.spans.whole))
  return [effect]
}

/** `clear` of what is no list assigns its zero; only lists and sets are left to the effect itself. */
function lowerClear(effect: Effect, { names }: EffectScope): Effect {
  if (effect.kind !== 'clear') return effect
  const type = names.variables.get(effect.variable) ?? 'list'
  const zero = zeroOf(type)
  if (Array.isArray(zero)) return effect
  return { kind: 'assign', variable: effect.variable, value: { kind: 'literal', value: zero as Literal } }
}

function checkSpawns(section: ActionSection, effects: readonly Effect[], { issues }: SpecContext): void {
  const spawns = effects.filter((effect) => effect.kind === 'spawn').length
  if (spawns <= limits.spawns) return
  const message = `${spawns} spawns in one action; at most ${limits.spawns} are allowed`
  issues.report('too_many_spawns', section.table.span, message)
}

/** A terminal state may be stayed in, not left; a deleted entity does nothing at all. */
function checkTerminal({ from, to, name }: ActionSection, { names, issues }: SpecContext): void {
  for (const state of from?.value ?? []) {
    const action = `'${name?.value ?? 'this action'}'`
    if (state.value === deletedStatus) {
      issues.report(
        'terminal_state_left',
        state.span,
        `${action} cannot start in '${deletedStatus}'`,
        'nothing happens to a deleted entity',
      )
    } else if (names.terminal.has(state.value) && to !== undefined && to.value !== state.value) {
      const hint = `take '${state.value}' out of 'from' here, or out of 'terminal'`
      issues.report(
        'terminal_state_left',
        state.span,
        `${action} leaves the terminal state '${state.value}'`,
        hint,
      )
    }
  }
}

/** Variables of these types are never assigned from a param of their name, so its type is its own. */
const unassigned: ReadonlySet<string> = new Set(['counter', 'bool', 'list', 'set'])

function resolveParam(param: ParamSection, section: ActionSection, context: SpecContext): ParamSpec {
  const { names, issues } = context
  const name = param.name?.value ?? ''
  const type = paramType(param, names.variables)
  const variable = names.variables.get(name)
  if (param.type !== undefined && variable !== undefined && variable !== type && !unassigned.has(variable)) {
    const message = `the param '${name}' is a ${type}, the variable of that name a ${variable}`
    issues.report(
      'type_mismatch',
      param.type.span,
      message,
      `leave 'type' out, or rename the param of '${section.name?.value ?? ''}'`,
    )
  }
  if (param.entity_type !== undefined && !['ref', 'list', 'set', 'json'].includes(type)) {
    issues.report(
      'type_mismatch',
      param.entity_type.span,
      `'entity_type' is for a ref; this is a ${type}`,
      'write type = "ref"',
    )
  }
  const isAmount = param.amount?.value === true
  if (param.amount !== undefined && isAmount && !isNumeric(type)) {
    const message = `'amount' is for numbers; '${name}' is a ${type}`
    issues.report('type_mismatch', param.amount.span, message, 'write type = "counter", "int" or "number"')
  }
  const spec: ParamSpec = {
    name,
    type,
    required: param.required?.value ?? false,
    transient: param.transient?.value ?? false,
    ...(param.entity_type === undefined ? {} : { entityType: param.entity_type.value }),
    ...(isAmount ? { amount: true } : {}),
  }
  context.note(spec, param.entity_type?.span ?? section.table.span)
  return spec
}
