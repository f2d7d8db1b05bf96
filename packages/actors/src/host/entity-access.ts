import type { EntityEvent, EntityKey, Erasure, JsonValue } from '@perdure/core'
import type { Actor } from 'xstate'
import type { EntityLogic } from '../entity/entity-logic.ts'
import type { AskOptions, TryAskResult } from './ask-options.ts'
import type { Asked } from '../entity/make-command.ts'
import type { EraseEntityOptions } from './erase-entity.ts'
import type { EntityTypeShape, UntypedEntity } from './entity-types.ts'
import type { HistoryOptions, StateOptions } from './state-options.ts'
import type { StateView } from './state-view.ts'
import type { Subscription } from './subscription.ts'

/** What a reference needs of its host. @internal */
export interface EntityAccess<Type extends EntityTypeShape = UntypedEntity> {
  actor(entity: EntityKey): Actor<EntityLogic>
  tryAsk(entity: EntityKey, asked: Asked, options?: AskOptions): Promise<TryAskResult<Type>>
  tell(entity: EntityKey, asked: Asked, options?: AskOptions): void
  state(entity: EntityKey, options: StateOptions): Promise<StateView<Type>>
  readField(entity: EntityKey, field: string): Promise<JsonValue | undefined>
  subscribe(entity: EntityKey, listener: (state: StateView<Type>) => void): Subscription
  erase(entity: EntityKey, options: EraseEntityOptions): Promise<Erasure>
  history(entity: EntityKey, options?: HistoryOptions): AsyncIterable<EntityEvent>
}
