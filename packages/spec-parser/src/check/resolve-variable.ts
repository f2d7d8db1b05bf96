import { zeroOf } from '@perdure/core'
import type { JsonValue, OverflowPolicy, StateVariable, ValueType } from '@perdure/core'

import type { StateSection } from '../sections/state.ts'
import { readJson } from '../sections/read-json.ts'
import { describeNode } from '../toml/toml-node.ts'
import { assignFault } from './assignable.ts'
import type { SpecContext } from './spec-context.ts'

/** `[[state]]` → variable, with its type's zero filled in and its policy checked. */
export function resolveVariable(section: StateSection, context: SpecContext): StateVariable {
  const name = section.name?.value ?? ''
  const type = section.type === undefined ? 'string' : (context.names.variables.get(name) ?? 'json')
  checkEntityType(section, type, context)
  const variable: StateVariable = {
    name,
    type,
    initial: resolveInitial(section, type, context),
    ...(section.entity_type === undefined ? {} : { entityType: section.entity_type.value }),
    overflow: resolveOverflow(section, type, context),
    queryIndexed: section.query_indexed?.value ?? true,
    sensitive: section.sensitive?.value ?? false,
  }
  context.note(variable, section.entity_type?.span ?? section.table.span)
  return variable
}

function resolveInitial(
  { initial, name }: StateSection,
  type: ValueType,
  { issues }: SpecContext,
): JsonValue {
  if (initial === undefined) return zeroOf(type)
  const what = `'initial' of '${name?.value ?? '[[state]]'}'`
  const value = readJson(initial, what, issues)
  if (value === undefined) return zeroOf(type)
  const fault = assignFault(type, { literal: value })
  if (fault !== undefined) {
    const message = `${what} is ${describeNode(initial)}; the variable is a ${type}: ${fault}`
    issues.report('wrong_type', initial.span, message)
  } else if (type === 'set' && Array.isArray(value) && new Set(value).size < value.length) {
    issues.report('invalid_value', initial.span, `${what} holds a value twice; a set cannot`)
  }
  return value
}

function checkEntityType(
  { entity_type: entityType }: StateSection,
  type: ValueType,
  { issues }: SpecContext,
): void {
  if (entityType === undefined || ['ref', 'list', 'set', 'json'].includes(type)) return
  const message = `'entity_type' is for a ref, or a list of ids; this is a ${type}`
  issues.report('type_mismatch', entityType.span, message, 'write type = "ref"')
}

function resolveOverflow(section: StateSection, type: ValueType, { issues }: SpecContext): OverflowPolicy {
  const {
    overflow_inline_max_bytes: inlineMax,
    overflow_ttl_seconds: ttl,
    overflow_journal: journal,
  } = section
  const given = inlineMax ?? ttl ?? journal
  if (given !== undefined && (type === 'counter' || type === 'bool')) {
    issues.report('bad_overflow', given.span, `a ${type} never overflows`, 'remove the overflow keys')
  }
  if (journal?.value === 'ref' && (type === 'list' || type === 'set')) {
    const message = `the state holds every item of a ${type}, so its events cannot hold a reference in their place`
    issues.report(
      'bad_overflow',
      journal.span,
      message,
      `remove overflow_journal, or make the variable a json`,
    )
  }
  return {
    ...(inlineMax === undefined ? {} : { inlineMaxBytes: inlineMax.value }),
    ...(ttl === undefined ? {} : { ttlSeconds: ttl.value }),
    journal: journal?.value === 'ref' ? 'ref' : 'value',
  }
}
