// What the steps of one decision share.
import type { EntityModel } from '../model/entity-model.ts'
import { StateScope } from '../model/scope.ts'
import type { Knowledge, NeedList, Scope } from '../model/scope.ts'
import type { JsonObject } from '../json/json-value.ts'
import type { DecideContext } from './decide-context.ts'
import type { Draft } from './draft.ts'
import { formatEntityKey } from './entity-key.ts'
import type { EntityState } from './entity-state.ts'
import type { EntityEvent } from './event.ts'
import type { Rejection, RejectionCode } from './rejection.ts'

/** What a kind of command contributes to its event. */
export type Proposal = Pick<EntityEvent, 'to' | 'params' | 'effects'> &
  Pick<Partial<EntityEvent>, 'transient'>

/** One decision under way. */
export interface Deciding {
  readonly model: EntityModel
  readonly state: EntityState
  readonly context: DecideContext
  readonly needs: NeedList
  /** The action's name, for messages. */
  readonly action: string
}

/** A refusal in the voice of the entity: `Session/s-1: Finish is not possible …`. */
export function reject({ context, action }: Deciding, code: RejectionCode, what: string): Rejection {
  return { code, message: `${formatEntityKey(context.entity)}: ${action} ${what}`, action }
}

/** Whether messages must not show what a variable, or a param of its name, holds. */
export function isSensitive({ model }: Pick<Deciding, 'model'>, name: string): boolean {
  return model.variables.get(name)?.sensitive === true
}

const nothingKnown: Knowledge = {}

/** The scope of a guard: the state before the action. */
export function scopeBefore({ state, context, needs }: Deciding, params: JsonObject): Scope {
  return new StateScope(state, params, context.knowledge ?? nothingKnown, needs)
}

/** The scope of an effect or an invariant: the state as the draft has changed it so far. */
export function scopeOfDraft({ context, needs }: Deciding, draft: Draft, params: JsonObject): Scope {
  return {
    status: draft.status,
    lookUp: (name) => draft.lookUp(name),
    params,
    knowledge: context.knowledge ?? nothingKnown,
    needs,
  }
}
