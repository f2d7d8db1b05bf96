// The sections that ask the host for something: timeouts, integrations, webhooks; and keys and upcasts.
import type {
  IntegrationSpec,
  JsonValue,
  KeySpec,
  StateTimeoutSpec,
  UpcastSpec,
  WebhookSpec,
} from '@perdure/core'

import { suggest } from '../diagnostics/did-you-mean.ts'
import type { IntegrationSection } from '../sections/integration.ts'
import type { KeySection } from '../sections/key.ts'
import type { Located } from '../sections/located.ts'
import { readJsonTable } from '../sections/read-json.ts'
import { wrongType } from '../sections/read-keys.ts'
import type { SpecSections } from '../sections/read-sections.ts'
import type { StateTimeoutSection } from '../sections/state-timeout.ts'
import type { UpcastSection } from '../sections/upcast.ts'
import type { WebhookSection } from '../sections/webhook.ts'
import type { TomlNode } from '../toml/toml-node.ts'
import { compileCondition } from './compile-text.ts'
import { guardScope } from './guard-scope.ts'
import { paramTypes } from './names.ts'
import { requireAction, requireState } from './require-names.ts'
import type { SpecContext } from './spec-context.ts'

/** `[[state_timeout]]` → timeout. */
export function resolveStateTimeout(section: StateTimeoutSection, context: SpecContext): StateTimeoutSpec {
  return {
    state: section.state === undefined ? '' : requireState(section.state, context),
    afterSeconds: section.after_seconds?.value ?? 1,
    onTimeout: section.on_timeout === undefined ? '' : requireAction(section.on_timeout, context),
    maxOccurrences: section.max_occurrences?.value ?? 1,
    resetOn: (section.reset_on?.value ?? []).map((action) => requireAction(action, context)),
    args:
      section.args?.kind === 'table'
        ? readJsonTable(section.args, "'args' of [[state_timeout]]", context.issues)
        : {},
  }
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

/** `[[upcast]]` → upcast. */
export function resolveUpcast(section: UpcastSection, specVersion: number, context: SpecContext): UpcastSpec {
  const { from_version: from } = section
  if (from !== undefined && from.value >= specVersion) {
    const hint = `raise 'version' in [automaton] above ${from.value}`
    context.issues.report('invalid_value', from.span, `the spec itself is of version ${specVersion}`, hint)
  }
  const renames = (key: 'rename_action' | 'rename_param' | 'rename_status' | 'rename_variable') =>
    readStringTable(section[key], `'${key}' of [[upcast]]`, context)
  const defaults = section.default_param
  const noDefaults: Readonly<Record<string, JsonValue>> = {}
  return {
    fromVersion: from?.value ?? 1,
    renameAction: renames('rename_action'),
    renameParam: renames('rename_param'),
    renameStatus: renames('rename_status'),
    renameVariable: renames('rename_variable'),
    defaultParam:
      defaults?.kind === 'table'
        ? readJsonTable(defaults, "'default_param' of [[upcast]]", context.issues)
        : noDefaults,
  }
}

function readStringTable(
  node: TomlNode | undefined,
  what: string,
  context: SpecContext,
  check?: (value: Located<string>, context: SpecContext) => void,
): Readonly<Record<string, string>> {
  if (node?.kind !== 'table') return {}
  return Object.fromEntries(
    [...node.entries].flatMap(([key, { value }]) => {
      if (value.kind !== 'text')
        return wrongType(value, `'${key}' in ${what}`, 'a string', context.issues) ?? []
      check?.(value, context)
      return [[key, value.value]]
    }),
  )
}
