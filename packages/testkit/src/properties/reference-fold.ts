// What an entity is after its events, read a second time: written from the meaning of events alone, sharing nothing with
// core's evolve but canonical JSON and SHA-256. What hosts and storages are held to.
import { canonicalJson, defaultInlineMaxBytes, hashContent } from '@perdure/core'
import type { BlobRef, ContentRef, EntityEvent, EntitySpec, EntityState, JsonValue } from '@perdure/core'

/** A state by the reference, and the values of all its fields. */
export interface ReferenceState {
  readonly state: EntityState
  /** The value of every field, overflowed or not; one that the log holds by reference only is not here. */
  readonly values: ReadonlyMap<string, JsonValue>
}

/** What a name was last given. */
interface Held {
  readonly value: JsonValue | undefined
  readonly content: ContentRef | undefined
  readonly sequence: number
  readonly at: number
}

type Group = 'counters' | 'numbers' | 'booleans' | 'lists'
const groups: Readonly<Record<string, Group | undefined>> = {
  counter: 'counters',
  number: 'numbers',
  boolean: 'booleans',
  list: 'lists',
}

/** Folds events, from the first on, into the state they mean. `inlineMaxBytes` is the host's, for fields whose spec sets none. */
export function referenceFold(
  spec: EntitySpec,
  events: readonly EntityEvent[],
  inlineMaxBytes: number = defaultInlineMaxBytes,
): ReferenceState {
  const held = new Map<string, Held>()
  const groupOf = new Map<string, Group>()
  for (const event of events) apply(event, held, groupOf)
  return close(spec, events, held, groupOf, inlineMaxBytes)
}

function apply(event: EntityEvent, held: Map<string, Held>, groupOf: Map<string, Group>): void {
  const { sequence, at } = event
  const give = (name: string, value: JsonValue): void => {
    held.set(name, { value, content: undefined, sequence, at })
  }
  const giveContent = (name: string, content: ContentRef): void => {
    held.set(name, { value: undefined, content, sequence, at })
  }
  const giveParam = (name: string, param: string): void => {
    const refs = new Map(Object.entries(event.paramRefs ?? {}))
    const content = refs.get(param)
    if (content !== undefined) giveContent(name, content)
    else if (Object.hasOwn(event.params, param)) give(name, event.params[param] ?? null)
  }
  const valueOf = (name: string): JsonValue => held.get(name)?.value ?? null

  if (held.get('status')?.value !== event.to) give('status', event.to)
  for (const param of [...Object.keys(event.params), ...Object.keys(event.paramRefs ?? {})]) {
    const staysOut = event.transient?.includes(param) === true || groupOf.has(param)
    if (!staysOut) giveParam(param, param)
  }
  for (const effect of event.effects) {
    const [name, kind, operand] = effect
    const items = valueOf(name) as readonly JsonValue[]
    switch (kind) {
      case 'counter':
      case 'number':
      case 'boolean':
      case 'list':
      case 'field': {
        const group = groups[kind]
        if (group === undefined) groupOf.delete(name)
        else groupOf.set(name, group)
        give(name, operand)
        break
      }
      case '=':
        give(name, operand)
        break
      case 'param':
        giveParam(name, operand)
        break
      case 'ref':
        groupOf.delete(name)
        giveContent(name, operand)
        break
      case '+':
        give(name, (valueOf(name) as number) + operand)
        break
      case '-':
        give(name, (valueOf(name) as number) - operand)
        break
      case 'append':
        give(name, [...items, operand])
        break
      case 'removeAt':
        give(name, [...items.slice(0, operand), ...items.slice(operand + 1)])
        break
      case 'clear':
        give(name, [])
        break
      default:
      // What is asked of the host changes nothing of the entity.
    }
  }
}

function close(
  spec: EntitySpec,
  events: readonly EntityEvent[],
  held: ReadonlyMap<string, Held>,
  groupOf: ReadonlyMap<string, Group>,
  inlineMaxBytes: number,
): ReferenceState {
  const last = events.at(-1)
  const fields: [string, JsonValue][] = []
  const refs: [string, BlobRef][] = []
  const values = new Map<string, JsonValue>()
  const typed: Record<Group, [string, JsonValue][]> = { counters: [], numbers: [], booleans: [], lists: [] }
  for (const [name, { value, content, sequence, at }] of held) {
    if (value !== undefined) values.set(name, value)
    const group = groupOf.get(name)
    if (group !== undefined && value !== undefined) typed[group].push([name, value])
    const overflow = spec.variables.find((variable) => variable.name === name)?.overflow
    const outOfLine = content ?? contentOver(name, value ?? null, overflow?.inlineMaxBytes ?? inlineMaxBytes)
    if (outOfLine === undefined) fields.push([name, value ?? null])
    else {
      const { hash, size } = outOfLine
      const ends = overflow?.ttlSeconds === undefined ? {} : { expiresAt: at + overflow.ttlSeconds * 1_000 }
      refs.push([name, { hash, size, sequence, ...ends }])
    }
  }
  const isDeleted = last !== undefined && (last.action === 'Deleted' || last.to === 'Deleted')
  const state = {
    status: last?.to ?? '',
    version: events.length,
    counters: Object.fromEntries(typed.counters),
    numbers: Object.fromEntries(typed.numbers),
    booleans: Object.fromEntries(typed.booleans),
    lists: Object.fromEntries(typed.lists),
    fields: Object.fromEntries(fields),
    refs: Object.fromEntries(refs),
    ...(isDeleted ? { deletedAt: last.at } : {}),
  }
  return { state: state as unknown as EntityState, values }
}

/** The content of a value over its ceiling. The status and what has one fixed small form are always inline. */
function contentOver(name: string, value: JsonValue, inlineMaxBytes: number): ContentRef | undefined {
  if (name === 'status' || value === null || typeof value === 'number' || typeof value === 'boolean')
    return undefined
  const bytes = new TextEncoder().encode(canonicalJson(value))
  return bytes.length > inlineMaxBytes ? { hash: hashContent(bytes), size: bytes.length } : undefined
}
