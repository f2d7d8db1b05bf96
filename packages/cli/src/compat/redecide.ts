// An event's command asked once more, of a model and a state: would it be taken, and what would come of it?
import {
  createdAction,
  decide,
  decodeContent,
  deletedAction,
  evolve,
  fieldsUpdatedAction,
} from '@perdure/core'
import type {
  Command,
  EntityEvent,
  EntityModel,
  EntityState,
  JsonObject,
  JsonValue,
  Rejection,
  Storage,
} from '@perdure/core'

/** What came of it; `unknown` where content that it depends on is gone. */
export type Redecision =
  | { readonly kind: 'accepted'; readonly state: EntityState }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'unknown' }

/** Decides the command behind an event, which must read as the model's, at the time and with the knowledge it had then. */
export async function redecide(
  storage: Pick<Storage, 'readBlob'>,
  model: EntityModel,
  state: EntityState,
  event: EntityEvent,
): Promise<Redecision> {
  const params = await wholeParams(storage, event)
  if (params === undefined) return { kind: 'unknown' }
  const command = commandOf(event, params)
  const contents = new Map<string, JsonValue>()
  const related = new Map(Object.entries(event.related ?? {}))
  for (;;) {
    const { tenant, type, id, at: now, eventId } = event
    const entity = { tenant, type, id }
    const decision = decide(model, state, command, {
      entity,
      now,
      eventId,
      spawnId: (index) => `${eventId}-${index}`,
      knowledge: { contents, related },
    })
    if (decision.kind === 'rejection') return { kind: 'refused', rejection: decision.rejection }
    if (decision.kind === 'event')
      return { kind: 'accepted', state: evolve(model, state, [decision.event]).state }
    const { fields, related: asked } = decision.needs
    if (asked.size > 0) return { kind: 'unknown' }
    for (const field of fields) {
      const hash = state.refs[field]?.hash
      const bytes = hash === undefined ? undefined : await storage.readBlob(tenant, hash)
      if (hash === undefined || bytes === undefined || contents.has(hash)) return { kind: 'unknown' }
      contents.set(hash, decodeContent(bytes))
    }
  }
}

/** Params that the event holds by reference, in their place; undefined when one is gone. */
async function wholeParams(
  storage: Pick<Storage, 'readBlob'>,
  { tenant, params, paramRefs = {} }: EntityEvent,
): Promise<JsonObject | undefined> {
  const whole: Record<string, JsonValue> = { ...params }
  for (const [name, { hash }] of Object.entries(paramRefs)) {
    const bytes = await storage.readBlob(tenant, hash)
    if (bytes === undefined) return undefined
    whole[name] = decodeContent(bytes)
  }
  return whole
}

function commandOf({ action }: EntityEvent, params: JsonObject): Command {
  const meta = {}
  switch (action) {
    case createdAction:
      return { kind: 'create', fields: params, meta }
    case fieldsUpdatedAction:
      return { kind: 'updateFields', fields: params, meta }
    case deletedAction:
      return { kind: 'delete', meta }
    default:
      return { kind: 'action', action, params, meta }
  }
}
