// A reference to one entity: what a caller holds. It is cheap, keeps nothing alive, and activates the entity on first use.
import { fieldBytes, fieldText } from '@perdure/core'
import type { EntityEvent, EntityKey, JsonValue } from '@perdure/core'
import type { Actor } from 'xstate'
import type { EntityLogic } from '../entity/entity-logic.ts'
import type { AskOptions, AskResult, TryAskResult } from './ask-options.ts'
import type { EntityAccess } from './entity-access.ts'
import type { StateOptions } from './state-options.ts'
import type { StateView } from './state-view.ts'
import type { Subscription } from './subscription.ts'

/** One entity of a host. */
export class EntityRef {
  readonly key: EntityKey
  readonly #access: EntityAccess

  /** @internal */
  constructor(key: EntityKey, access: EntityAccess) {
    this.key = key
    this.#access = access
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
  async ask(
    action: string,
    params?: Readonly<Record<string, unknown>>,
    options?: AskOptions,
  ): Promise<AskResult> {
    const result = await this.tryAsk(action, params, options)
    if (!result.ok) throw result.error
    return { event: result.event, state: result.state }
  }

  /** As `ask`, but answers with the error instead of throwing it. */
  tryAsk(
    action: string,
    params?: Readonly<Record<string, unknown>>,
    options?: AskOptions,
  ): Promise<TryAskResult> {
    return this.#access.tryAsk(this.key, { kind: 'action', action, params }, options)
  }

  /** As `ask`, without the wait; a refusal is logged. */
  tell(action: string, params?: Readonly<Record<string, unknown>>, options?: AskOptions): void {
    this.#access.tell(this.key, { kind: 'action', action, params }, options)
  }

  /** Sets fields directly, under the variables' types and the field invariants. @throws as `ask` */
  async updateFields(fields: Readonly<Record<string, unknown>>, options?: AskOptions): Promise<AskResult> {
    const result = await this.#access.tryAsk(this.key, { kind: 'updateFields', fields }, options)
    if (!result.ok) throw result.error
    return { event: result.event, state: result.state }
  }

  /** Ends the entity with a tombstone that nothing follows; its history stays readable. @throws as `ask` */
  async delete(options?: AskOptions): Promise<AskResult> {
    const result = await this.#access.tryAsk(this.key, { kind: 'delete' }, options)
    if (!result.ok) throw result.error
    return { event: result.event, state: result.state }
  }

  /** The state; large fields as `BlobRef` among `refs` unless hydrated. @throws EntityNotFound, FieldUnavailable, Unavailable */
  state(options?: StateOptions): Promise<StateView> {
    return this.#access.state(this.key, options ?? {})
  }

  /** A field's value, however it is stored; undefined when it is not set. @throws FieldUnavailable, EntityNotFound */
  readField(field: string): Promise<JsonValue | undefined> {
    return this.#access.readField(this.key, field)
  }

  /** A field as text: a string itself, null and unset as '', anything else its canonical JSON. @throws as `readField` */
  async readFieldString(field: string): Promise<string> {
    return fieldText(await this.readField(field))
  }

  /** The UTF-8 bytes of `readFieldString`. @throws as `readField` */
  async readFieldBytes(field: string): Promise<Uint8Array> {
    return fieldBytes(await this.readField(field))
  }

  /**
   * Calls back with the committed state after each commit of this host from now on; commands that commit together show
   * as one state, the last.
   */
  subscribe(listener: (state: StateView) => void): Subscription {
    return this.#access.subscribe(this.key, listener)
  }

  /** Every committed event, oldest first, read page by page. */
  history(): AsyncIterable<EntityEvent> {
    return this.#access.history(this.key)
  }
}
