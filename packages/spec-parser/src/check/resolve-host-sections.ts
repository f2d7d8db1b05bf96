// The sections that ask the host for something: timeouts, integrations, webhooks; and keys.
import type { IntegrationSpec, KeySpec, StateTimeoutSpec, WebhookSpec } from '@perdure/core'

import { suggest } from '../diagnostics/did-you-mean.ts'
import type { IntegrationSection } from '../sections/integration.ts'
import type { KeySection } from '../sections/key.ts'
import type { Located } from '../sections/located.ts'
import { readJsonTable } from '../sections/read-json.ts'
import type { SpecSections } from '../sections/read-sections.ts'
import type { StateTimeoutSection } from '../sections/state-timeout.ts'
import type { WebhookSection } from '../sections/webhook.ts'
import type { TableEntry } from '../toml/toml-node.ts'
import { compileCondition } from './compile-text.ts'
import { guardScope } from './guard-scope.ts'
import { paramTypes } from './names.ts'
import { readStringTable } from './read-string-table.ts'
import { requireAction, requireState } from './require-names.ts'
import type { SpecContext } from './spec-context.ts'

/** `[[state_timeout]]` → timeout. Its args must suit the action, or every timeout would be refused. */
export function resolveStateTimeout(
  section: StateTimeoutSection,
  sections: SpecSections,
  context: SpecContext,
): StateTimeoutSpec {
  const { state, after_seconds: after, on_timeout: action, max_occurrences: max, reset_on: reset } = section
  if (action !== undefined) checkArgs(section, action, sections, context)
  return {
    state: state === undefined ? '' : requireState(state, context),
    afterSeconds: after?.value ?? 1,
    onTimeout: action === undefined ? '' : requireAction(action, context),
    maxOccurrences: max?.value ?? 1,
    resetOn: (reset?.value ?? []).map((name) => requireAction(name, context)),
    args:
      section.args?.kind === 'table'
        ? readJsonTable(section.args, "'args' of [[state_timeout]]", context.issues)
        : {},
  }
}

function checkArgs(
  { args, table }: StateTimeoutSection,
  action: Located<string>,
  { actions }: SpecSections,
  { names, issues }: SpecContext,
): void {
  const rules = actions.filter(({ name }) => name?.value === action.value)
  if (rules.length === 0) return
  const given = args?.kind === 'table' ? args.entries : new Map<string, TableEntry>()
  const declared = new Set(rules.flatMap(({ params }) => params.flatMap(({ name }) => name?.value ?? [])))
  for (const [name, { keySpan }] of given) {
    if (!names.strictParams || declared.has(name)) continue
    const hint = suggest(name, declared, 'its params')
    issues.report('unknown_variable', keySpan, `'${action.value}' has no param '${name}'`, hint)
  }
  const missing = rules.map(({ params }) =>
    params.flatMap(({ name, required }) =>
      required?.value === true && name !== undefined && !given.has(name.value) ? name.value : [],
    ),
  )
  const [first] = missing
  if (first === undefined || missing.some((list) => list.length === 0)) return
  const message = `'${action.value}' requires '${first.join("', '")}', which 'args' does not give`
  issues.report('missing_key', table.span, message, `args = { ${first.join(' = …, ')} = … }`)
}

/** `[[integration]]` → integration. `sections` tells what its triggers are and which params they carry. */
export function resolveIntegration(
  section: IntegrationSection,
  sections: SpecSections,
  emitted: ReadonlySet<string>,
  context: SpecContext,
): IntegrationSpec {
  const triggers = section.triggers.map((trigger) => requireTrigger(trigger, emitted, context))
  const callback = (name: Located<string>) => requireCallback(name, context)
  const { module, on_success: onSuccess, on_failure: onFailure, timeout_ms: timeout, guard, retry } = section
  return {
    name: section.name?.value ?? '',
    triggers,
    type:
      section.type?.value === 'webhook' || section.type?.value === 'wasm' ? section.type.value : 'handler',
    ...(module === undefined ? {} : { module: module.value }),
    ...(onSuccess === undefined ? {} : { onSuccess: callback(onSuccess) }),
    ...(onFailure === undefined ? {} : { onFailure: callback(onFailure) }),
    emits: (section.emits?.value ?? []).map(callback),
    ...(retry === undefined ? {} : { retry: resolveRetry(retry) }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout.value }),
    ...(guard === undefined
      ? {}
      : { guard: compileCondition(guard, triggerScope(triggers, sections, context), context) }),
    config: readJsonTable(section.settings, "'config' of [[integration]]", context.issues),
  }
}

function resolveRetry({
  max,
  base_ms: base,
  cap_ms: cap,
}: NonNullable<IntegrationSection['retry']>): NonNullable<IntegrationSpec['retry']> {
  return {
    ...(max === undefined ? {} : { max: max.value }),
    ...(base === undefined ? {} : { baseMs: base.value }),
    ...(cap === undefined ? {} : { capMs: cap.value }),
  }
}

/** The guard of an integration sees the params of the actions that trigger it. */
function triggerScope(
  triggers: readonly string[],
  { actions }: SpecSections,
  { names }: SpecContext,
): ReturnType<typeof guardScope> {
  const rules = actions.filter(({ name }) => name !== undefined && triggers.includes(name.value))
  return guardScope(names, new Map(rules.flatMap((rule) => [...paramTypes(rule, names)])))
}

function requireTrigger(
  trigger: Located<string>,
  emitted: ReadonlySet<string>,
  { names, issues }: SpecContext,
): string {
  const isAction = names.actions.has(trigger.value)
  const isEmitted = emitted.has(trigger.value)
  if (isAction && isEmitted) {
    const hint = 'rename one of the two, so that it is plain what starts the work'
    issues.report(
      'ambiguous_trigger',
      trigger.span,
      `'${trigger.value}' is an action and a name that an effect emits`,
      hint,
    )
  } else if (!isAction && !isEmitted) {
    const hint = suggest(trigger.value, [...names.actions, ...emitted], 'the actions and emitted names')
    issues.report(
      'integration_action_missing',
      trigger.span,
      `nothing called '${trigger.value}' can start the work`,
      hint,
    )
  }
  return trigger.value
}

function requireCallback(name: Located<string>, context: SpecContext): string {
  if (context.names.actions.has(name.value)) return requireAction(name, context)
  const hint = suggest(name.value, context.names.actions, 'the actions')
  context.issues.report(
    'integration_action_missing',
    name.span,
    `there is no action '${name.value}' to answer with`,
    hint,
  )
  return name.value
}

const sourcePattern = /^(query|body|header|path)\.[^\s.]+(\.[^\s.]+)*$/

/** `[[webhook]]` → webhook. */
export function resolveWebhook(section: WebhookSection, context: SpecContext): WebhookSpec {
  const {
    name,
    path,
    method,
    action,
    entity_id: entityId,
    hmac_secret: secret,
    hmac_header: header,
  } = section
  if (entityId !== undefined) checkSource(entityId, context)
  return {
    name: name?.value ?? '',
    path: path?.value ?? '',
    method: method?.value ?? 'POST',
    action: action === undefined ? '' : requireAction(action, context),
    ...(entityId === undefined ? {} : { entityId: entityId.value }),
    extract: readStringTable(section.extract, "'extract' of [[webhook]]", context, checkSource),
    ...(secret === undefined ? {} : { hmacSecret: secret.value }),
    ...(header === undefined ? {} : { hmacHeader: header.value }),
  }
}

function checkSource(source: Located<string>, { issues }: SpecContext): void {
  if (sourcePattern.test(source.value)) return
  const hint = 'write query.name, body.name, header.name or path.name'
  issues.report('invalid_value', source.span, `'${source.value}' is no part of a request`, hint)
}

/** `[[key]]` → key. */
export function resolveKey({ name, properties }: KeySection): KeySpec {
  return { name: name?.value ?? '', properties: (properties?.value ?? []).map(({ value }) => value) }
}
