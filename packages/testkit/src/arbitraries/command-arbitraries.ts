// Commands for one entity type. Abstract ones: an action by its name, whether or not it is possible when its turn comes,
// so that a list of commands stays meaningful when some are taken out of it.
import { defaultInlineMaxBytes } from '@perdure/core'
import type { ActionSpec, EntitySpec, JsonObject, JsonValue, ParamSpec, ValueType } from '@perdure/core'
import * as fc from 'fast-check'
import { hostileKinds } from './hostile-value.ts'
import { mineLiterals } from './mine-literals.ts'
import type { MinedLiterals } from './mine-literals.ts'
import type { RunCommand, RunPlace } from './run-step.ts'
import { valueOf } from './value-arbitrary.ts'

/** What commands are made for. */
export interface CommandContext {
  readonly spec: EntitySpec
  /** The entities that may be asked; references hold their ids. */
  readonly places: readonly RunPlace[]
  readonly hosts: number
  /** Ceiling of fields whose spec sets none. @defaultValue 131072 */
  readonly inlineMaxBytes?: number
  /** Whether fields are given at creation and set directly, beside what actions do. @defaultValue true */
  readonly setsFields?: boolean
}

/** What is asked, without where and of whom. */
export type CommandBody = RunCommand extends infer Command
  ? Command extends RunCommand
    ? Omit<Command, keyof RunPlace | 'host' | 'isAwaited'>
    : never
  : never

/** Commands by what may become of them. */
export interface CommandArbitraries {
  /** Known actions with params of the right types: most are possible sooner or later. */
  readonly enabledish: fc.Arbitrary<CommandBody>
  /** Commands that the model must refuse: unknown actions, missing, undeclared and ill-typed params. */
  readonly disabled: fc.Arbitrary<CommandBody>
  /** Payloads that no host may take in. */
  readonly hostile: fc.Arbitrary<CommandBody>
  /** Params that an action takes. */
  readonly params: (action: string) => fc.Arbitrary<JsonObject>
  /** Fields to create an entity with. */
  readonly fields: fc.Arbitrary<JsonObject>
}

/** Makes the arbitraries of one entity type. */
export function commandArbitraries(context: CommandContext): CommandArbitraries {
  const { spec, setsFields = true } = context
  const literals = mineLiterals(spec)
  const rules = rulesByAction(spec)
  const params = (action: string): fc.Arbitrary<JsonObject> =>
    paramsOf(context, literals, rules.get(action) ?? [])
  const fields = setsFields ? fieldsOf(context, literals) : fc.constant({})
  const asks = [...rules].map(([action, ofAction]) => ({
    // What ends an entity is rare, or runs would be short.
    weight: ofAction.every(({ to }) => to !== undefined && isEnd(spec, to)) ? 1 : 6,
    arbitrary: ask(action, paramsOf(context, literals, ofAction)),
  }))
  const update = nonEmpty(fields).map((given) => ({ kind: 'update' as const, fields: given }))
  return {
    params,
    fields,
    enabledish: fc.oneof(
      ...asks,
      ...(spec.variables.length === 0 || !setsFields ? [] : [{ weight: 2, arbitrary: update }]),
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('spawn' as const), fields }) },
    ),
    disabled: disabledCommands(spec, params, rules),
    hostile: hostileCommands([...rules.keys()]),
  }
}

function rulesByAction(spec: EntitySpec): ReadonlyMap<string, readonly ActionSpec[]> {
  const rules = new Map<string, ActionSpec[]>()
  for (const rule of spec.actions)
    if (rule.kind !== 'output') rules.set(rule.name, [...(rules.get(rule.name) ?? []), rule])
  return rules
}

function isEnd(spec: EntitySpec, status: string): boolean {
  return status === 'Deleted' || spec.terminal.includes(status)
}

/** Now and then under a key that another command of the same action may have too: a repetition, or a mistake. */
function ask(action: string, params: fc.Arbitrary<JsonObject>): fc.Arbitrary<CommandBody> {
  const key = fc.constantFrom(`${action} 1`, `${action} 2`)
  return fc.tuple(params, fc.option(key, { nil: undefined, freq: 7 })).map(([params, idempotencyKey]) => ({
    kind: 'ask' as const,
    action,
    params,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  }))
}

function paramsOf(
  context: CommandContext,
  literals: MinedLiterals,
  rules: readonly ActionSpec[],
): fc.Arbitrary<JsonObject> {
  const declared = new Map(rules.flatMap(({ params }) => params.map((param) => [param.name, param])))
  const required = [...declared.values()].filter(({ required }) => required).map(({ name }) => name)
  return recordOf(
    [...declared.values()].map((param) => [param.name, paramValue(context, literals, param)]),
    required,
  )
}

function paramValue(
  context: CommandContext,
  literals: MinedLiterals,
  { name, type, entityType, required }: ParamSpec,
): fc.Arbitrary<JsonValue> {
  const variable = context.spec.variables.find((each) => each.name === name)
  const target = entityType ?? variable?.entityType
  const value = fieldValue(context, literals, name, assignedType(context.spec, name) ?? type, target)
  return required ? value : fc.option(value, { freq: 12 })
}

/** The type of the variable that a param of this name assigns, whatever the param's own declaration says. */
function assignedType(spec: EntitySpec, param: string): ValueType | undefined {
  const type = spec.variables.find(({ name }) => name === param)?.type
  return type === undefined || ['counter', 'bool', 'list', 'set'].includes(type) ? undefined : type
}

function fieldValue(
  { spec, places, inlineMaxBytes = defaultInlineMaxBytes }: CommandContext,
  literals: MinedLiterals,
  name: string,
  type: ValueType,
  entityType: string | undefined,
): fc.Arbitrary<JsonValue> {
  const variable = spec.variables.find((each) => each.name === name)
  const ids = places.filter((place) => entityType === undefined || place.type === entityType)
  return valueOf(type, {
    inlineMaxBytes: variable?.overflow.inlineMaxBytes ?? inlineMaxBytes,
    literals,
    ids: [...new Set(ids.map(({ id }) => id))],
  })
}

function fieldsOf(context: CommandContext, literals: MinedLiterals): fc.Arbitrary<JsonObject> {
  const { variables } = context.spec
  return recordOf(
    variables.map(({ name, type, entityType }) => [
      name,
      fieldValue(context, literals, name, type, entityType),
    ]),
    [],
  )
}

function recordOf(
  entries: readonly (readonly [string, fc.Arbitrary<JsonValue>])[],
  requiredKeys: readonly string[],
): fc.Arbitrary<JsonObject> {
  const model: Record<string, fc.Arbitrary<JsonValue>> = Object.fromEntries(entries)
  return fc.record(model, { requiredKeys: [...requiredKeys], noNullPrototype: true })
}

function nonEmpty(fields: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fields.map((given) => (Object.keys(given).length === 0 ? { remark: 'a' } : given))
}

/** For each type a value that does not fit it. */
const misfits: Readonly<Record<Exclude<ValueType, 'json'>, JsonValue>> = {
  string: 7,
  ref: { id: 'e0' },
  int: 1.5,
  number: '1',
  counter: -1,
  bool: 'true',
  list: 'x',
  set: ['x', 'x'],
}

function disabledCommands(
  spec: EntitySpec,
  params: CommandArbitraries['params'],
  rules: ReadonlyMap<string, readonly ActionSpec[]>,
): fc.Arbitrary<CommandBody> {
  const noActions = ['Nothing', 'created', 'toString', ''].filter((name) => !rules.has(name))
  const unknown = fc.constantFrom(...noActions).map((action) => asked(action, {}))
  const reserved = fc
    .constantFrom('status', '_id', 'Id', 'constructor')
    .map((name): CommandBody => ({ kind: 'update', fields: { [name]: 'x' } }))
  const illTyped = spec.variables.flatMap(({ name, type }): CommandBody[] =>
    type === 'json' ? [] : [{ kind: 'update', fields: { [name]: misfits[type] } }],
  )
  const spoiled = [...rules].map(([action, ofAction]) =>
    params(action).chain((given) => spoil(spec, action, ofAction, given)),
  )
  return fc.oneof(unknown, reserved, ...illTyped.map((each) => fc.constant(each)), ...spoiled)
}

function asked(action: string, params: JsonObject): CommandBody {
  return { kind: 'ask', action, params }
}

/** Takes a required param away, gives one of the wrong type, or adds one that is not declared. */
function spoil(
  spec: EntitySpec,
  action: string,
  rules: readonly ActionSpec[],
  params: JsonObject,
): fc.Arbitrary<CommandBody> {
  const undeclared = asked(action, { ...params, [spec.strictActionParams ? 'surely undeclared' : '_x']: 1 })
  const names = [...new Set(rules.flatMap((rule) => rule.params.map(({ name }) => name)))]
  const declarations = (name: string): readonly (ParamSpec | undefined)[] =>
    rules.map((rule) => rule.params.find((param) => param.name === name))
  const missing = names
    .filter((name) => declarations(name).every((declared) => declared?.required === true))
    .map((name) => asked(action, Object.fromEntries(Object.entries(params).filter(([key]) => key !== name))))
  const illTyped = names.flatMap((name) => {
    const types = declarations(name).map((declared) => assignedType(spec, name) ?? declared?.type ?? 'json')
    const [type = 'json'] = types
    // What fits none of several types is hard to say; what fits one is not.
    return type === 'json' || types.some((other) => other !== type)
      ? []
      : [asked(action, { ...params, [name]: misfits[type] })]
  })
  return fc.constantFrom(undeclared, ...missing, ...illTyped)
}

function hostileCommands(actions: readonly string[]): fc.Arbitrary<CommandBody> {
  const action = actions.length === 0 ? fc.constant('Nothing') : fc.constantFrom(...actions)
  return fc
    .tuple(action, fc.constantFrom('x', 'a', '__proto__'), fc.constantFrom(...hostileKinds))
    .map(([action, param, value]) => ({
      kind: 'ask' as const,
      action,
      params: {},
      hostile: { param, value },
    }))
}
