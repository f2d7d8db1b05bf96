// What is asked of an entity. Params are already ours (adoptJson) and names are checked when a command is made.
import type { JsonObject } from '../json/json-value.ts'
import { createdAction, deletedAction, fieldsUpdatedAction } from './event.ts'

/** What the asker may say about a command. */
export interface CommandMeta {
  /** Asking again with the same key returns the first outcome. */
  readonly idempotencyKey?: string
  /** Refuse the command unless the entity is at this version. */
  readonly expectedSequence?: number
  readonly correlationId?: string
  readonly causationId?: string
}

/** A command. Only `create` is for an entity that does not exist yet. */
export type Command = { readonly meta: CommandMeta } & (
  | { readonly kind: 'create'; readonly fields: JsonObject }
  | { readonly kind: 'action'; readonly action: string; readonly params: JsonObject }
  | { readonly kind: 'updateFields'; readonly fields: JsonObject }
  | { readonly kind: 'delete' }
)

/** The name a command goes by in events and messages. */
export function commandName(command: Command): string {
  switch (command.kind) {
    case 'create':
      return createdAction
    case 'action':
      return command.action
    case 'updateFields':
      return fieldsUpdatedAction
    case 'delete':
      return deletedAction
  }
}
