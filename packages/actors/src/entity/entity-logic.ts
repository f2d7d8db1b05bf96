// An entity as XState sees it: actor logic, not a chart. The snapshot shows committed state only; everything that has a
// life (loading, deciding, writing) is in the EntityProcess that the actor owns.
import { defaultTenant } from '@perdure/core'
import type { EntityKey, EntityModel, EntityState, JsonObject } from '@perdure/core'
import type { ActorLogic, AnyActorRef, EventObject, Snapshot } from 'xstate'
import type { CommandRequest } from './command-request.ts'
import type { EntityDeps } from './entity-deps.ts'
import { EntityProcess } from './entity-process.ts'
import type { EntityPhase } from './entity-process.ts'

/** What an entity actor is created with. */
export interface EntityInput {
  readonly id: string
  /** @defaultValue 'default' */
  readonly tenant?: string
}

/** What an entity actor shows: its phase and its committed state (undefined before creation). */
export type EntitySnapshot = Snapshot<EntityState> & {
  readonly entity: EntityKey
  readonly phase: EntityPhase
  readonly context: EntityState | undefined
}

/** An action sent to the actor from elsewhere in its system; refusals are logged, for nobody waits for them. */
export interface ActionEvent extends EventObject {
  readonly type: 'perdure.tell'
  readonly action: string
  readonly params?: JsonObject
}

/** What an entity actor understands. */
export type EntityActorEvent =
  | ActionEvent
  /** A command whose asker waits. */
  | { readonly type: 'perdure.ask'; readonly request: CommandRequest }
  /** From the actor's own process. */
  | { readonly type: 'perdure.phase'; readonly phase: EntityPhase }
  | { readonly type: 'perdure.committed'; readonly state: EntityState }
  | { readonly type: 'xstate.stop' }

/** Actor logic of one entity type, for `createActor`, `spawnChild` and `invoke`. */
export type EntityLogic = ActorLogic<EntitySnapshot, EntityActorEvent, EntityInput>

const processes = new WeakMap<AnyActorRef, EntityProcess>()

/** The process behind an entity actor. @internal */
export function processOf(actor: AnyActorRef): EntityProcess {
  const process = processes.get(actor)
  if (process === undefined) throw new TypeError('this actor is not an entity')
  return process
}

/** Makes the actor logic of a model. The actor activates when it starts, and is done when its entity is deleted. */
export function entityLogic(model: EntityModel, deps: EntityDeps): EntityLogic {
  return {
    getInitialSnapshot: ({ self }, { id, tenant = defaultTenant }) => {
      const entity: EntityKey = { tenant, type: model.name, id }
      const observer = {
        onPhase: (phase: EntityPhase) => self.send({ type: 'perdure.phase', phase }),
        onCommitted: (state: EntityState) => {
          self.send({ type: 'perdure.committed', state })
          deps.onCommitted?.(entity, state)
        },
      }
      processes.set(self, new EntityProcess({ entity, model, deps, observer }))
      return {
        status: 'active',
        output: undefined,
        error: undefined,
        entity,
        phase: 'unloaded',
        context: undefined,
      }
    },
    transition: (snapshot, event, { self }) => transition(snapshot, event, processOf(self), deps),
    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: () => {
      throw new TypeError('an entity is restored from its events: create the actor with { input: { id } }')
    },
  }
}

function transition(
  snapshot: EntitySnapshot,
  event: EntityActorEvent,
  process: EntityProcess,
  deps: EntityDeps,
): EntitySnapshot {
  switch (event.type) {
    case 'perdure.ask':
      process.submit(event.request)
      return snapshot
    case 'perdure.tell':
      process.submit(toldRequest(event, deps))
      return snapshot
    case 'perdure.phase':
      return { ...snapshot, phase: event.phase }
    case 'perdure.committed': {
      const { state } = event
      if (state.deletedAt === undefined) return { ...snapshot, context: state }
      const done = { status: 'done', output: state, error: undefined } as const
      return { ...done, entity: snapshot.entity, phase: snapshot.phase, context: state }
    }
    case 'xstate.stop': {
      const stopped = { status: 'stopped', output: undefined, error: undefined } as const
      process.stop()
      return { ...stopped, entity: snapshot.entity, phase: 'stopped', context: snapshot.context }
    }
    default:
      return snapshot
  }
}

function toldRequest({ action, params = {} }: ActionEvent, { logger }: EntityDeps): CommandRequest {
  return {
    command: { kind: 'action', action, params, meta: {} },
    attempts: 0,
    settle: (outcome) => {
      if (!outcome.ok) logger.warn({ code: outcome.error.code, action }, outcome.error.message)
    },
  }
}
