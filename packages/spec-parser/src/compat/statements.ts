// Older effects: statements in words, and tables. Each becomes a text of the effect language.
import { printLiteral } from '@perdure/core'
import { snakeCase } from '../names/snake-case.ts'
import { isNumeric } from '../sections/value-types.ts'
import type { TableNode } from '../toml/toml-node.ts'
import { textOf, textsOf, wordOf } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'

/** What the statements of one action learn about its params. */
export interface ActionParams {
  readonly names: ReadonlySet<string>
  readonly needs: Map<string, ParamNeed>
}

/** What an older effect wants of a param, which has to be given: amounts have the type of their variable, items are strings. */
export interface ParamNeed {
  readonly type: string
  readonly isAmount: boolean
}

/** `keep`: it is no older form. `drop`: it never applied. `refuse`: it means nothing. The last two are reported. */
export type Statement =
  { readonly kind: 'keep' | 'drop' | 'refuse' } | { readonly kind: 'statement'; readonly text: string }

const keep: Statement = { kind: 'keep' }
const drop: Statement = { kind: 'drop' }
const refuse: Statement = { kind: 'refuse' }
const statement = (text: string): Statement => ({ kind: 'statement', text })

/** A statement in words. */
export function modernStatement(
  source: string,
  span: { start: number; end: number },
  context: LegacyContext,
): Statement {
  const [verb, first, second, ...rest] = source.trim().split(/\s+/)
  if (verb === undefined || first === undefined || rest.length > 0) return keep
  if (second !== undefined) {
    if (verb === 'set' && /^(true|false)$/.test(second)) return statement(`${first} = ${second}`)
    return verb === 'schedule_at' ? statement(`schedule_at(${printLiteral(second)}, ${first})`) : keep
  }
  switch (verb) {
    case 'increment':
      return statement(`${first} += 1`)
    case 'decrement':
      return statement(`${first} -= 1`)
    case 'emit':
      return statement(`emit(${printLiteral(first)})`)
    case 'trigger':
      context.triggers.set(first, span)
      return statement(`emit(${printLiteral(first)})`)
    default:
      return keep
  }
}

/** A statement as a table. */
export function tableStatement(table: TableNode, params: ActionParams, context: LegacyContext): Statement {
  const name = textOf(table, 'var') ?? textOf(table, 'list') ?? ''
  const type = textOf(table, 'type')
  switch (type) {
    case 'increment':
    case 'decrement':
      return changeStatement(name, type === 'increment' ? '+=' : '-=', table, params, context)
    case 'set_counter_from_param': {
      const param = textOf(table, 'param') ?? name
      params.needs.set(param, amountOf(name, context))
      return statement(`${name} = params.${param}`)
    }
    case 'set_bool':
      return statement(`${name} = ${wordOf(table, 'value') === 'true'}`)
    case 'emit':
    case 'emit_event':
      return statement(`emit(${printLiteral(textOf(table, 'event') ?? textOf(table, 'name') ?? '')})`)
    case 'trigger': {
      const trigger = textOf(table, 'name') ?? ''
      context.triggers.set(trigger, table.span)
      return statement(`emit(${printLiteral(trigger)})`)
    }
    case 'list_append':
      return listStatement(table, name, name, 'string', `append(${name}, params.${name})`, params, context)
    case 'list_remove_at':
      return listStatement(
        table,
        name,
        `${name}_index`,
        'int',
        `remove_at(${name}, params.${name}_index)`,
        params,
        context,
      )
    case 'schedule':
      return statement(
        `schedule(${printLiteral(textOf(table, 'action') ?? '')}, ${wordOf(table, 'delay_seconds') ?? 0})`,
      )
    case 'schedule_at':
      return statement(
        `schedule_at(${printLiteral(textOf(table, 'action') ?? '')}, ${textOf(table, 'field') ?? ''})`,
      )
    case 'spawn':
    case 'spawn_entity':
      return spawnStatement(table, params, context)
    default:
      context.issues.report(
        'invalid_effect',
        table.span,
        `there is no effect of the type '${type ?? ''}'`,
        'write the effect as a statement',
      )
      return refuse
  }
}

function changeStatement(
  name: string,
  operator: '+=' | '-=',
  table: TableNode,
  params: ActionParams,
  context: LegacyContext,
): Statement {
  const amount = wordOf(table, 'amount')
  if (amount === undefined) return statement(`${name} ${operator} 1`)
  if (/^\d+$/.test(amount)) return statement(`${name} ${operator} ${amount}`)
  params.needs.set(amount, amountOf(name, context))
  return statement(`${name} ${operator} params.${amount}`)
}

/** A variable that holds no number is a mistake of its own, which its effect reports. */
function amountOf(variable: string, { variables }: LegacyContext): ParamNeed {
  const type = variables.get(variable) ?? 'counter'
  return { type, isAmount: isNumeric(type) }
}

/** Older lists take their item, or its index, from a param with a name made of the list's. */
function listStatement(
  table: TableNode,
  list: string,
  param: string,
  type: string,
  text: string,
  params: ActionParams,
  { issues }: LegacyContext,
): Statement {
  if (!params.names.has(param)) {
    const message = `the action has no param '${param}', so '${list}' never changes here`
    issues.report(
      'effect_never_applies',
      table.span,
      message,
      `declare the param '${param}', or remove the effect`,
    )
    return drop
  }
  params.needs.set(param, { type, isAmount: false })
  return statement(text)
}

function spawnStatement(table: TableNode, params: ActionParams, context: LegacyContext): Statement {
  const type = textOf(table, 'entity_type') ?? ''
  const action = textOf(table, 'initial_action') ?? ''
  if (action === '') {
    context.issues.report(
      'invalid_effect',
      table.span,
      `the spawn of '${type}' names no initial_action, and a child begins with an action of its own`,
      `write spawn(${printLiteral(type)}, 'Action') with an action of ${type} that applies in its initial status`,
    )
    return refuse
  }
  if (!checkCopies(table, params, context)) return refuse
  const source = textOf(table, 'entity_id_source') ?? '{uuid}'
  const id = source === '' || source.startsWith('{') ? undefined : source
  const store = textOf(table, 'store_id_in') ?? (id === undefined ? undefined : `${snakeCase(type)}_id`)
  if (store !== undefined && !context.variables.has(store)) context.implicitVariables.set(store, table.span)
  const idText = id === undefined ? '' : `, ${params.names.has(id) ? 'params.' : ''}${id}`
  const storeText = store === undefined ? '' : `, ${store}${idText}`
  return statement(`spawn(${printLiteral(type)}, ${printLiteral(action)}${storeText})`)
}

/**
 * Params of the action reach the child by their names. Nothing else can: today's spawn has no place for values of variables,
 * and a copy that is dropped in silence would be a child that lacks its data. What is lost is reported; answers whether nothing is.
 */
function checkCopies(
  table: TableNode,
  { names }: ActionParams,
  { issues, variables }: LegacyContext,
): boolean {
  const copies = textsOf(table, 'copy_fields').flatMap((list) => list.split(',').map((name) => name.trim()))
  const lost = copies.filter((name) => name !== '' && !names.has(name))
  for (const name of lost) {
    const what = variables.has(name) ? 'a variable' : 'neither a param of the action nor a variable'
    issues.report(
      'invalid_effect',
      table.span,
      `copy_fields names '${name}', which is ${what}; a child gets params of the action only`,
      `declare '${name}' as a param of this action and of the child's, or let the child ask for it by parent_id`,
    )
  }
  return lost.length === 0
}
