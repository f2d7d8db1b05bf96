// EntitySpec → TOML, the inverse of parseSpec: parsing what is printed gives an equal spec. Defaults are left out.
import { printExpression, zeroOf } from '@perdure/core'
import type {
  ActionSpec,
  EntitySpec,
  FieldInvariantSpec,
  IntegrationSpec,
  InvariantSpec,
  JsonValue,
  KeySpec,
  LivenessSpec,
  ParamSpec,
  StateTimeoutSpec,
  StateVariable,
  UpcastSpec,
  ValueType,
  WebhookSpec,
} from '@perdure/core'

import { printEffect } from './grammar/print-effect.ts'
import { SpecError } from './spec-error.ts'
import { tomlKey, tomlValue } from './toml/toml-text.ts'

/** The keys of a section in order; what is undefined is left out. */
type Lines = readonly (readonly [key: string, value: JsonValue | undefined])[]

type VariableTypes = ReadonlyMap<string, ValueType>

/**
 * Prints a spec as TOML in the language of today, in one fixed order; printing what it parses to prints the same.
 *
 * @throws SpecError `spec_unprintable` when an initial value or a setting holds null inside, which TOML cannot say
 */
export function printSpec(spec: EntitySpec): string {
  const types = new Map(spec.variables.map(({ name, type }) => [name, type]))
  const sections = [
    section('[automaton]', automatonLines(spec)),
    ...spec.variables.map((variable) => section('[[state]]', variableLines(variable))),
    ...spec.actions.map((action) => section('[[action]]', actionLines(action, types))),
    ...spec.invariants.map((invariant) => section('[[invariant]]', invariantLines(invariant))),
    ...spec.liveness.map((property) => section('[[liveness]]', livenessLines(property))),
    ...spec.fieldInvariants.map((invariant) =>
      section('[[field_invariant]]', fieldInvariantLines(invariant)),
    ),
    ...spec.stateTimeouts.map((timeout) => section('[[state_timeout]]', timeoutLines(timeout))),
    ...spec.integrations.map((integration) => section('[[integration]]', integrationLines(integration))),
    ...spec.webhooks.map((webhook) => section('[[webhook]]', webhookLines(webhook))),
    ...spec.keys.map((key) => section('[[key]]', keyLines(key))),
    ...spec.upcasts.map((upcast) => section('[[upcast]]', upcastLines(upcast))),
  ]
  return sections.join('\n')
}

function section(header: string, lines: Lines): string {
  const printed = lines.flatMap(([key, value]) =>
    value === undefined ? [] : `${tomlKey(key)} = ${printValue(key, value)}\n`,
  )
  return `${header}\n${printed.join('')}`
}

function printValue(key: string, value: JsonValue): string {
  try {
    const line = tomlValue(value)
    const isLong = line.length > 100 && Array.isArray(value)
    return isLong ? `[\n${value.map((item: JsonValue) => `  ${tomlValue(item)},\n`).join('')}]` : line
  } catch (error) {
    throw new SpecError('spec_unprintable', `'${key}' holds null, which TOML cannot say`, { cause: error })
  }
}

/** The value, unless it is the default. */
function unless<Value extends JsonValue>(value: Value, fallback: Value): Value | undefined {
  return value === fallback ? undefined : value
}

/** The list, unless it is empty. */
function some<Item extends JsonValue>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items
}

/** The table, unless it is empty. */
function someOf(table: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> | undefined {
  return Object.keys(table).length === 0 ? undefined : table
}

function automatonLines(spec: EntitySpec): Lines {
  return [
    ['name', spec.name],
    ['states', spec.states],
    ['initial', spec.initial],
    ['terminal', some(spec.terminal)],
    ['strict_action_params', unless(spec.strictActionParams, true)],
    ['enforce_invariants', unless(spec.enforceInvariants, true)],
    ['snapshot_every', unless(spec.snapshotEvery, 100)],
    ['version', unless(spec.version, 1)],
    ['allow_indefinite_states', some(spec.allowIndefiniteStates)],
  ]
}

function variableLines({
  name,
  type,
  initial,
  entityType,
  overflow,
  queryIndexed,
  sensitive,
}: StateVariable): Lines {
  const isZero = JSON.stringify(initial) === JSON.stringify(zeroOf(type))
  return [
    ['name', name],
    ['type', type],
    ['initial', isZero ? undefined : initial],
    ['entity_type', entityType],
    ['overflow_inline_max_bytes', overflow.inlineMaxBytes],
    ['overflow_ttl_seconds', overflow.ttlSeconds],
    ['overflow_journal', unless(overflow.journal, 'value')],
    ['query_indexed', unless(queryIndexed, true)],
    ['sensitive', unless(sensitive, false)],
  ]
}

function actionLines(
  { name, kind, from, to, guard, effects, params, hint }: ActionSpec,
  types: VariableTypes,
): Lines {
  const [first, ...rest] = effects.map(printEffect)
  return [
    ['name', name],
    ['kind', unless(kind, 'internal')],
    ['from', some(from)],
    ['to', to],
    ['guard', guard && printExpression(guard)],
    ['effect', first === undefined || rest.length === 0 ? first : [first, ...rest]],
    ['params', some(params.map((param) => paramValue(param, types)))],
    ['hint', hint],
  ]
}

/** A bare name where the rest follows from it. */
function paramValue(
  { name, type, required, transient, entityType, amount }: ParamSpec,
  types: VariableTypes,
): JsonValue {
  const impliedType = types.get(name) ?? 'string'
  const details = {
    ...(type === impliedType ? {} : { type }),
    ...(required ? { required } : {}),
    ...(transient ? { transient } : {}),
    ...(entityType === undefined ? {} : { entity_type: entityType }),
    ...(amount === undefined ? {} : { amount }),
  }
  return Object.keys(details).length === 0 ? name : { name, ...details }
}

function invariantLines({ name, assert, when }: InvariantSpec): Lines {
  return [
    ['name', name],
    ['when', when],
    ['assert', printExpression(assert)],
  ]
}

function livenessLines({ name, from, reaches, hasActions, precededBy }: LivenessSpec): Lines {
  return [
    ['name', name],
    ['from', from],
    ['reaches', reaches],
    ['has_actions', hasActions],
    ['preceded_by', precededBy],
  ]
}

function fieldInvariantLines({ name, assert, message }: FieldInvariantSpec): Lines {
  return [
    ['name', name],
    ['assert', printExpression(assert)],
    ['message', message],
  ]
}

function timeoutLines(timeout: StateTimeoutSpec): Lines {
  return [
    ['state', timeout.state],
    ['after_seconds', timeout.afterSeconds],
    ['on_timeout', timeout.onTimeout],
    ['max_occurrences', unless(timeout.maxOccurrences, 1)],
    ['reset_on', some(timeout.resetOn)],
    ['args', someOf(timeout.args)],
  ]
}

function integrationLines(integration: IntegrationSpec): Lines {
  const { triggers, retry, guard } = integration
  const [trigger] = triggers
  return [
    ['name', integration.name],
    ['trigger', triggers.length === 1 ? trigger : triggers],
    ['type', unless(integration.type, 'handler')],
    ['module', integration.module],
    ['on_success', integration.onSuccess],
    ['on_failure', integration.onFailure],
    ['emits', some(integration.emits)],
    ['retry', retry && retryValue(retry)],
    ['timeout_ms', integration.timeoutMs],
    ['guard', guard && printExpression(guard)],
    ['config', someOf(integration.config)],
  ]
}

function retryValue({ max, baseMs, capMs }: NonNullable<IntegrationSpec['retry']>): JsonValue {
  return {
    ...(max === undefined ? {} : { max }),
    ...(baseMs === undefined ? {} : { base_ms: baseMs }),
    ...(capMs === undefined ? {} : { cap_ms: capMs }),
  }
}

function webhookLines(webhook: WebhookSpec): Lines {
  return [
    ['name', webhook.name],
    ['path', webhook.path],
    ['method', unless(webhook.method, 'POST')],
    ['action', webhook.action],
    ['entity_id', webhook.entityId],
    ['extract', someOf(webhook.extract)],
    ['hmac_secret', webhook.hmacSecret],
    ['hmac_header', webhook.hmacHeader],
  ]
}

function keyLines({ name, properties }: KeySpec): Lines {
  return [
    ['name', name],
    ['properties', properties],
  ]
}

function upcastLines(upcast: UpcastSpec): Lines {
  return [
    ['from_version', upcast.fromVersion],
    ['rename_action', someOf(upcast.renameAction)],
    ['rename_param', someOf(upcast.renameParam)],
    ['rename_status', someOf(upcast.renameStatus)],
    ['rename_variable', someOf(upcast.renameVariable)],
    ['default_param', someOf(upcast.defaultParam)],
  ]
}
