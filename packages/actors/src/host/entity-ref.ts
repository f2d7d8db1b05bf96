// A reference to one entity: what a caller holds. It is cheap, keeps nothing alive, and activates the entity on first use.
import { fieldBytes, fieldText } from '@perdure/core'
import type { EntityEvent, EntityKey, Erasure } from '@perdure/core'
import type { Actor } from 'xstate'
import type { EntityLogic } from '../entity/entity-logic.ts'
import type { AskOptions, AskResult, TryAskResult } from './ask-options.ts'
import type { EraseEntityOptions } from './erase-entity.ts'
import type { EntityAccess } from './entity-access.ts'
import type {
  ActionOf,
  AskArguments,
  EntityTypeShape,
  FieldsOf,
  NewFieldsOf,
  UntypedEntity,
} from './entity-types.ts'
import type { HistoryOptions, StateOptions } from './state-options.ts'
import type { StateView } from './state-view.ts'
import type { Subscription } from './subscription.ts'

/** One entity of a host. With generated types the compiler knows its actions, params, statuses and fields. */
export class EntityRef<Type extends EntityTypeShape = UntypedEntity> {
  readonly key: EntityKey
  readonly #access: EntityAccess<Type>

  /** @internal */
  constructor(key: EntityKey, access: EntityAccess) {
    this.key = key
    // What was generated from the spec is true of what its model lets through; nothing is left to check.
    this.#access = access as unknown as EntityAccess<Type>
  }

  get id(): string {
    return this.key.id
  }

  get type(): string {
    return this.key.type
  }

  /**
   * The XState actor of the entity, loaded or loading, for `waitFor`, inspection and other machines; its snapshots show
   * committed state. It ends when the entity leaves memory: take it anew rather than keep it. @throws HostStopped
   */
  get actor(): Actor<EntityLogic> {
    return this.#access.actor(this.key)
  }

  /**
   * Asks for an action and waits until its event has committed.
   * @throws ActionRejected, EntityNotFound, Conflict, PayloadTooLarge, Unavailable, HostStopped; all have a stable `code`
   */
  async ask<Action extends ActionOf<Type>>(
    action: Action,
    ...rest: AskArguments<Type['actions'][Action]>
  ): Promise<AskResult<Type>> {
    const result = await this.tryAsk(action, ...rest)
    if (!result.ok) throw result.error
    return { event: result.event, state: result.state }
  }

  /** As `ask`, but answers with the error instead of throwing it. */
  tryAsk<Action extends ActionOf<Type>>(
    action: Action,
    ...[params, options]: AskArguments<Type['actions'][Action]>
  ): Promise<TryAskResult<Type>> {
    return this.#access.tryAsk(this.key, { kind: 'action', action, params }, options)
  }

  /** As `ask`, without the wait; a refusal is logged. */
  tell<Action extends ActionOf<Type>>(
    action: Action,
    ...[params, options]: AskArguments<Type['actions'][Action]>
  ): void {
    this.#access.tell(this.key, { kind: 'action', action, params }, options)
  }

  /** Sets fields directly, under the variables' types and the field invariants. @throws as `ask` */
  async updateFields(fields: NewFieldsOf<Type>, options?: AskOptions): Promise<AskResult<Type>> {
    const result = await this.#access.tryAsk(this.key, { kind: 'updateFields', fields }, options)
    if (!result.ok) throw result.error
    return { event: result.event, state: result.state }
  }

  /** Ends the entity with a tombstone that nothing follows; its history stays readable. @throws as `ask` */
  async delete(options?: AskOptions): Promise<AskResult<Type>> {
    const result = await this.#access.tryAsk(this.key, { kind: 'delete' }, options)
    if (!result.ok) throw result.error
    return { event: result.event, state: result.state }
  }

  /**
   * Removes the entity's history, snapshot and contents for good; see `Storage.erase` for what is left. Whoever waits for it,
   * or asks from now on, hears `EntityErased`. It need not be deleted before. Doing it again answers as the first time.
   * @throws EntityNotFound, Unavailable, HostStopped
   */
  erase(options?: EraseEntityOptions): Promise<Erasure> {
    return this.#access.erase(this.key, options ?? {})
  }

  /** The state; large fields as `BlobRef` among `refs` unless hydrated. @throws EntityNotFound, FieldUnavailable, Unavailable */
  state(options?: StateOptions): Promise<StateView<Type>> {
    return this.#access.state(this.key, options ?? {})
  }

  /** A field's value, however it is stored; undefined when it is not set. @throws FieldUnavailable, EntityNotFound */
  readField<Field extends keyof FieldsOf<Type> & string>(
    field: Field,
  ): Promise<FieldsOf<Type>[Field] | undefined> {
    return this.#access.readField(this.key, field) as Promise<FieldsOf<Type>[Field] | undefined>
  }

  /** A field as text: a string itself, null and unset as '', anything else its canonical JSON. @throws as `readField` */
  async readFieldString(field: keyof FieldsOf<Type> & string): Promise<string> {
    return fieldText(await this.#access.readField(this.key, field))
  }

  /** The UTF-8 bytes of `readFieldString`. @throws as `readField` */
  async readFieldBytes(field: keyof FieldsOf<Type> & string): Promise<Uint8Array> {
    return fieldBytes(await this.#access.readField(this.key, field))
  }

  /**
   * Calls back with the committed state after each commit of this host from now on; commands that commit together show
   * as one state, the last.
   */
  subscribe(listener: (state: StateView<Type>) => void): Subscription {
    return this.#access.subscribe(this.key, listener)
  }

  /**
   * Every committed event, oldest first, read page by page; those of older spec versions as they read today, unless asked for
   * as they are stored.
   */
  history(options?: HistoryOptions): AsyncIterable<EntityEvent> {
    return this.#access.history(this.key, options)
  }
}
