// A second reading of the event log, written from the documentation and sharing nothing with core's but canonical JSON:
// what an entity is after its events, one plain map at a time, fields cut to their ceilings at the very end.
import { createHash } from 'node:crypto'
import { canonicalJson } from '@perdure/core'
import type { EntityEvent, EntitySpec, JsonValue, StateVariable } from '@perdure/core'

/** What a field was last given, and when. */
interface Given {
  readonly value?: JsonValue
  /** In place of the value: what the log holds of it. */
  readonly content?: { readonly hash: string; readonly size: number }
  readonly sequence: number
  readonly at: number
}

const groups = {
  counter: 'counters',
  int: 'numbers',
  number: 'numbers',
  bool: 'booleans',
  list: 'lists',
  set: 'lists',
} as const
type Group = (typeof groups)[keyof typeof groups]

/** The state after the events, as plain JSON. */
export function referenceFold(spec: EntitySpec, events: readonly EntityEvent[]): JsonValue {
  const variables = new Map(spec.variables.map((variable) => [variable.name, variable]))
  const groupOf = (name: string): Group | undefined =>
    groups[(variables.get(name)?.type ?? 'json') as keyof typeof groups]
  const typed: Record<Group, Map<string, JsonValue>> = {
    counters: new Map(),
    numbers: new Map(),
    booleans: new Map(),
    lists: new Map(),
  }
  const fields = new Map<string, Given>()
  let status = ''
  let deletedAt: number | undefined

  for (const event of events) {
    const { sequence, at } = event
    const give = (name: string, value: JsonValue): void => {
      const group = groupOf(name)
      if (group !== undefined) typed[group].set(name, value)
      fields.set(name, { value, sequence, at })
    }
    const project = (name: string, param: string): void => {
      const { paramRefs = {} } = event
      const content = Object.hasOwn(paramRefs, param) ? paramRefs[param] : undefined
      if (content !== undefined) fields.set(name, { content, sequence, at })
      else if (Object.hasOwn(event.params, param))
        fields.set(name, { value: event.params[param] ?? null, sequence, at })
    }
    if (event.to !== status) give('status', event.to)
    status = event.to
    for (const param of [...Object.keys(event.params), ...Object.keys(event.paramRefs ?? {})]) {
      if (event.transient?.includes(param) !== true && groupOf(param) === undefined) project(param, param)
    }
    for (const [name, kind, operand] of event.effects) {
      const list = [...((typed.lists.get(name) ?? []) as JsonValue[])]
      const number = (typed.counters.get(name) ?? typed.numbers.get(name) ?? 0) as number
      if (kind === 'param') project(name, operand)
      else if (kind === 'ref') fields.set(name, { content: operand, sequence, at })
      else if (kind === '+') give(name, number + operand)
      else if (kind === '-') give(name, number - operand)
      else if (kind === 'append') give(name, [...list, operand])
      else if (kind === 'removeAt') give(name, list.toSpliced(operand, 1))
      else if (kind === 'clear') give(name, [])
      else if (name !== '') give(name, operand as JsonValue)
    }
    if (event.action === 'Deleted' || event.to === 'Deleted') deletedAt = at
  }

  const inline: [string, JsonValue][] = []
  const refs: [string, JsonValue][] = []
  for (const [name, given] of fields) {
    const content = given.content ?? contentOver(variables.get(name), given.value ?? null)
    const ttlSeconds = variables.get(name)?.overflow.ttlSeconds
    if (content === undefined) inline.push([name, given.value ?? null])
    else
      refs.push([
        name,
        {
          hash: content.hash,
          size: content.size,
          sequence: given.sequence,
          ...(ttlSeconds === undefined ? {} : { expiresAt: given.at + ttlSeconds * 1000 }),
        },
      ])
  }
  return {
    status,
    version: events.length,
    ...Object.fromEntries(
      Object.entries(typed).map(([group, values]) => [group, Object.fromEntries(values)]),
    ),
    fields: Object.fromEntries(inline),
    refs: Object.fromEntries(refs),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  }
}

/** The value as content, if it is over its ceiling. */
function contentOver(
  variable: StateVariable | undefined,
  value: JsonValue,
): { hash: string; size: number } | undefined {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return undefined
  const bytes = Buffer.from(canonicalJson(value), 'utf8')
  if (bytes.length <= (variable?.overflow.inlineMaxBytes ?? 131_072)) return undefined
  return { hash: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
}
