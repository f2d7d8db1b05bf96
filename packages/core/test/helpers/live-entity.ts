// One entity run by hand: decide, evolve, journal, and a shelf for the contents that overflowed. What a host does,
// without a host.
import { decide, decodeContent, evolve, hydrateFields, journalEvent, unborn } from '@perdure/core'
import type {
  Command,
  CommandMeta,
  DecideContext,
  Decision,
  EntityEvent,
  EntityModel,
  EntityState,
  JsonObject,
  JsonValue,
  Rejection,
} from '@perdure/core'

export const entityKey = { tenant: 'default', type: 'Thing', id: 't-1' }

export const create = (fields: JsonObject = {}, meta: CommandMeta = {}): Command => ({
  kind: 'create',
  fields,
  meta,
})
export const act = (action: string, params: JsonObject = {}, meta: CommandMeta = {}): Command => ({
  kind: 'action',
  action,
  params,
  meta,
})
export const update = (fields: JsonObject): Command => ({ kind: 'updateFields', fields, meta: {} })
export const remove: Command = { kind: 'delete', meta: {} }

/** An entity under test. Times run 1,000 ms apart, from 1,000. */
export class LiveEntity {
  readonly contents: Map<string, JsonValue> = new Map()
  readonly related: Map<string, string | null> = new Map()
  readonly events: EntityEvent[] = []
  readonly journal: EntityEvent[] = []
  model: EntityModel
  state: EntityState = unborn

  constructor(model: EntityModel) {
    this.model = model
  }

  /** Creates an entity, which must succeed. */
  static create(model: EntityModel, fields: JsonObject = {}): LiveEntity {
    const entity = new LiveEntity(model)
    entity.apply(create(fields))
    return entity
  }

  /** What is decided with everything at hand; fetches contents as often as a need is named. */
  decide(command: Command): Decision {
    const decision = this.decideOnce(command)
    if (decision.kind !== 'needs') return decision
    const contents = new Map<string, JsonValue>()
    for (const field of decision.needs.fields) {
      const hash = this.state.refs[field]?.hash
      const content = hash === undefined ? undefined : this.contents.get(hash)
      if (hash === undefined || content === undefined) throw new Error(`no content for field ${field}`)
      contents.set(hash, content)
    }
    return this.decideOnce(command, { contents: this.contents, related: this.related })
  }

  decideOnce(command: Command, knowledge: NonNullable<DecideContext['knowledge']> = {}): Decision {
    const now = (this.state.version + 1) * 1_000
    const context = { entity: entityKey, now, eventId: `e-${this.state.version + 1}`, knowledge }
    return decide(this.model, this.state, command, context)
  }

  /** Carries out what is decided; a rejection changes nothing. */
  try(command: Command): Decision {
    const decision = this.decide(command)
    if (decision.kind !== 'event') return decision
    this.#evolve([decision.event])
    this.events.push(decision.event)
    this.journal.push(journalEvent(this.model, decision.event, this.state))
    return decision
  }

  /** Goes on under another spec: what is replayed from the journal, for a snapshot of the old one is of no use. */
  reload(model: EntityModel): void {
    this.model = model
    this.state = unborn
    this.#evolve(this.journal)
  }

  #evolve(events: readonly EntityEvent[]): void {
    const { state, overflow } = evolve(this.model, this.state, events)
    for (const { hash, bytes } of overflow) this.contents.set(hash, decodeContent(bytes))
    this.state = state
  }

  /** Carries out a command that must be accepted. */
  apply(command: Command): EntityEvent {
    const decision = this.try(command)
    if (decision.kind === 'event') return decision.event
    throw new Error(`expected an event, got ${JSON.stringify(decision)}`)
  }

  /** Carries out a command that must be refused. */
  refuse(command: Command): Rejection {
    const decision = this.try(command)
    if (decision.kind === 'rejection') return decision.rejection
    throw new Error(`expected a rejection, got ${JSON.stringify(decision)}`)
  }

  hydrated(): Readonly<Record<string, JsonValue>> {
    return hydrateFields(this.state, this.contents)
  }
}
