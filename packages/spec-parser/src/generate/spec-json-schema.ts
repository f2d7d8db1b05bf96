// The language as a JSON Schema, made of the rules that the parser itself reads by, so that editors complete and check
// spec files as they are written.
import type { JsonObject, JsonValue } from '@perdure/core'

import { actionKeys, paramKeys } from '../sections/action.ts'
import { automatonKeys } from '../sections/automaton.ts'
import { integrationKeys, retryKeys } from '../sections/integration.ts'
import { fieldInvariantKeys, invariantKeys } from '../sections/invariant.ts'
import type { KeyRule } from '../sections/key-rule.ts'
import { keyKeys } from '../sections/key.ts'
import { livenessKeys } from '../sections/liveness.ts'
import { stateTimeoutKeys } from '../sections/state-timeout.ts'
import { stateKeys } from '../sections/state.ts'
import { upcastKeys } from '../sections/upcast.ts'
import { webhookKeys } from '../sections/webhook.ts'

/** JSON Schema (2020-12) of a spec file read as TOML. It checks shapes; names, types and guards are the parser's. */
export const specJsonSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Perdure entity spec',
  type: 'object',
  required: ['automaton'],
  additionalProperties: false,
  properties: {
    automaton: table(automatonKeys),
    state: many(table(stateKeys)),
    action: many(table(actionKeys)),
    invariant: many(table(invariantKeys)),
    liveness: many(table(livenessKeys)),
    field_invariant: many(table(fieldInvariantKeys)),
    state_timeout: many(table(stateTimeoutKeys)),
    integration: many({ ...table({ ...integrationKeys }), additionalProperties: true }),
    webhook: many(table(webhookKeys)),
    key: many(table(keyKeys)),
    upcast: many(table(upcastKeys)),
  },
  $defs: { param: table(paramKeys), retry: table(retryKeys) },
}

function many(items: JsonObject): JsonObject {
  return { type: 'array', items }
}

function table(rules: object): JsonObject {
  const entries = Object.entries<KeyRule>(rules as Readonly<Record<string, KeyRule>>)
  const required = entries.flatMap(([key, rule]) => (rule.required === true ? key : []))
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(entries.map(([key, rule]) => [key, keySchema(rule)])),
    ...(required.length === 0 ? {} : { required }),
  }
}

function keySchema(rule: KeyRule): JsonObject {
  const fallback: JsonValue | undefined = 'fallback' in rule ? rule.fallback : undefined
  return {
    ...typeSchema(rule),
    description: rule.about,
    ...(fallback === undefined ? {} : { default: fallback }),
  }
}

function typeSchema(rule: KeyRule): JsonObject {
  switch (rule.type) {
    case 'text':
      return rule.oneOf === undefined ? { type: 'string' } : { type: 'string', enum: rule.oneOf }
    case 'integer':
      return { type: 'integer', minimum: rule.minimum }
    case 'flag':
      return { type: 'boolean' }
    case 'texts':
      return { type: 'array', items: { type: 'string' }, ...(rule.nonEmpty === true ? { minItems: 1 } : {}) }
    case 'table':
      return { type: 'object' }
    case 'custom':
      return rule.schema
  }
}
