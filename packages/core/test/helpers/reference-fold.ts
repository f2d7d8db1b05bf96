// State + events, written a second time and as plainly as possible: a replay that shares nothing with evolve but the
// meaning of an event. What evolve is compared with.
import { canonicalJson, hashContent } from '@perdure/core'
import type { BlobRef, EntityEvent, EntityModel, EntityState, JsonValue } from '@perdure/core'

interface Held {
  readonly value: JsonValue
  readonly sequence: number
  readonly at: number
}

/** The state after the events, which must hold all their values. */
export function referenceFold(model: EntityModel, events: readonly EntityEvent[]): EntityState {
  const held = new Map<string, Held>()
  const kinds = new Map<string, string>()
  let [status, version, deletedAt] = ['', 0, undefined as number | undefined]
  for (const { sequence, at, to, action, params, transient, effects } of events) {
    const put = (name: string, value: JsonValue): unknown => held.set(name, { value, sequence, at })
    const now = (name: string): JsonValue => held.get(name)?.value ?? null
    if (to !== status) put('status', to)
    ;[status, version] = [to, sequence]
    for (const [name, value] of Object.entries(params)) {
      if (transient?.includes(name) !== true && (kinds.get(name) ?? 'field') === 'field') put(name, value)
    }
    for (const effect of effects) {
      const [name, kind, argument] = effect
      if (['counter', 'number', 'boolean', 'list', 'field'].includes(kind)) kinds.set(name, kind)
      if (['counter', 'number', 'boolean', 'list', 'field', '='].includes(kind))
        put(name, argument as JsonValue)
      if (kind === 'param') put(name, params[effect[2]] ?? null)
      if (kind === '+') put(name, (now(name) as number) + effect[2])
      if (kind === '-') put(name, (now(name) as number) - effect[2])
      if (kind === 'append') put(name, [...(now(name) as readonly JsonValue[]), effect[2]])
      if (kind === 'removeAt')
        put(
          name,
          (now(name) as readonly JsonValue[]).filter((_, i) => i !== effect[2]),
        )
      if (kind === 'clear') put(name, [])
    }
    if (action === 'Deleted' || to === 'Deleted') deletedAt = at
  }
  const of = <Value>(kind: string): Record<string, Value> =>
    Object.fromEntries(
      [...held].flatMap(([name, { value }]) => (kinds.get(name) === kind ? [[name, value as Value]] : [])),
    )
  const fields: Record<string, JsonValue> = {}
  const refs: Record<string, BlobRef> = {}
  for (const [name, { value, sequence, at }] of held) {
    const { inlineMaxBytes, ttlSeconds } = model.policies(name)
    const text = canonicalJson(value)
    const size = new TextEncoder().encode(text).length
    const isScalar = value === null || typeof value === 'number' || typeof value === 'boolean'
    if (isScalar || size <= inlineMaxBytes) fields[name] = value
    else
      refs[name] = {
        hash: hashContent(text),
        size,
        sequence,
        ...(ttlSeconds === undefined ? {} : { expiresAt: at + ttlSeconds * 1_000 }),
      }
  }
  const records = { counters: of<number>('counter'), numbers: of<number>('number') }
  const rest = { booleans: of<boolean>('boolean'), lists: of<readonly JsonValue[]>('list'), fields, refs }
  return { status, version, ...records, ...rest, ...(deletedAt === undefined ? {} : { deletedAt }) }
}
