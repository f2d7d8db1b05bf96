// An entity as XState sees it: actor logic, not a chart. The snapshot shows committed state only; everything that has a
// life (loading, deciding, writing) is in the EntityProcess that the actor owns.
import { defaultTenant } from '@perdure/core'
import type { Command, EntityKey, EntityModel, EntityState, JsonObject, Logger } from '@perdure/core'
import type { ActorLogic, AnyActorRef, EventObject, Snapshot } from 'xstate'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import type { CommandOutcome, CommandRequest } from './command-request.ts'
import type { EntityDeps } from './entity-deps.ts'
import type { EntityObserver, EntityPhase } from './entity-phase.ts'
import { EntityProcess } from './entity-process.ts'
import { checkEntityKey, makeCommand } from './make-command.ts'

/** What an entity actor is created with. */
export interface EntityInput {
  readonly id: string
  /** @defaultValue 'default' */
  readonly tenant?: string
  /** Wait for the first command, instead of loading the entity when the actor starts. @defaultValue false */
  readonly isDormant?: boolean
}

/** What an entity actor shows: its phase and its committed state (undefined before creation). */
export type EntitySnapshot = Snapshot<EntityState> & {
  readonly entity: EntityKey
  readonly phase: EntityPhase
  readonly context: EntityState | undefined
}

/** An action sent to the actor from elsewhere in its system; refusals are logged, for nobody waits for them. */
interface ActionEvent extends EventObject {
  readonly type: 'perdure.tell'
  readonly action: string
  readonly params?: JsonObject
}

/** What an entity actor understands. */
export type EntityActorEvent =
  | ActionEvent
  /** A command whose asker waits. It must be ready: params of its own, names checked. */
  | { readonly type: 'perdure.ask'; readonly request: CommandRequest }
  /** From its host, for those who inspect: a command was asked of the entity. */
  | { readonly type: 'perdure.asked'; readonly command: Command }
  /** From the actor's own process. */
  | { readonly type: 'perdure.phase'; readonly phase: EntityPhase }
  | { readonly type: 'perdure.committed'; readonly state: EntityState }
  | { readonly type: 'xstate.stop' }

/** Actor logic of one entity type, for `createActor`, `spawnChild` and `invoke`. */
export type EntityLogic = ActorLogic<EntitySnapshot, EntityActorEvent, EntityInput>

const processes = new WeakMap<AnyActorRef, EntityProcess>()

/** The process behind an entity actor. */
function processOf(actor: AnyActorRef): EntityProcess {
  const process = processes.get(actor)
  if (process === undefined) throw new TypeError('this actor is not an entity')
  return process
}

/**
 * Makes the actor logic of a model. The actor loads its entity when it starts, and is done when the entity is deleted;
 * one whose id or tenant cannot name an entity ends in error.
 */
export function entityLogic(model: EntityModel, deps: EntityDeps): EntityLogic {
  const dormant = new WeakSet<AnyActorRef>()
  return {
    ...logicOf(deps, (self, { id, tenant = defaultTenant, isDormant = false }) => {
      const entity: EntityKey = { tenant, type: model.name, id }
      checkEntityKey(entity, model.limits)
      if (isDormant) dormant.add(self)
      return new EntityProcess({ entity, model, deps, observer: observerOf(self) })
    }),
    start: (_snapshot, { self }) => {
      if (!dormant.has(self)) wake(processOf(self), deps)
    },
  }
}

/** Makes the logic of an actor that shows an entity which is in memory already. It loads nothing by itself. @internal */
export function shownLogic(
  process: EntityProcess,
  deps: EntityDeps,
  show: (observer: EntityObserver) => void,
): EntityLogic {
  return logicOf(deps, (self) => {
    show(observerOf(self))
    return process
  })
}

function logicOf(
  { logger }: EntityDeps,
  processFor: (self: AnyActorRef, input: EntityInput) => EntityProcess,
): EntityLogic {
  return {
    getInitialSnapshot: ({ self }, input) => {
      const process = processFor(self, input)
      processes.set(self, process)
      const { entity, phase, committedState } = process
      const context = committedState.version === 0 ? undefined : committedState
      return { status: 'active', output: undefined, error: undefined, entity, phase, context }
    },
    transition: (snapshot, event, { self }) => transition(snapshot, event, processOf(self), logger),
    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: () => {
      throw new TypeError('an entity is restored from its events: create the actor with { input: { id } }')
    },
  }
}

/** Loads an entity if it is not in memory. A failure is logged; the next command tries again. */
export function wake(process: EntityProcess, { logger }: EntityDeps): void {
  process.activate().catch((error: unknown) => {
    const { code, message } = asPerdureError(error)
    logger.warn({ code, entity: process.entity }, message)
  })
}

/** Passes on what the process says, as long as the actor listens. */
function observerOf(actor: AnyActorRef): EntityObserver {
  const send = (event: EntityActorEvent): void => {
    if ((actor.getSnapshot() as EntitySnapshot).status === 'active') actor.send(event)
  }
  const onState = (state: EntityState): void => send({ type: 'perdure.committed', state })
  return {
    onPhase: (phase: EntityPhase) => send({ type: 'perdure.phase', phase }),
    onLoaded: onState,
    onCommitted: onState,
  }
}

function transition(
  snapshot: EntitySnapshot,
  event: EntityActorEvent,
  process: EntityProcess,
  logger: Logger,
): EntitySnapshot {
  switch (event.type) {
    case 'perdure.ask':
      process.submit(event.request)
      return snapshot
    case 'perdure.tell':
      tell(process, event, logger)
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

/** Takes the action over as a host would: checked, and copied, so that the sender may go on using its params. */
function tell(process: EntityProcess, event: ActionEvent, logger: Logger): void {
  const { action, params } = event
  const settle = (outcome: CommandOutcome): void => {
    if (!outcome.ok) logger.warn({ code: outcome.error.code, action }, outcome.error.message)
  }
  try {
    const command = makeCommand(process.entity, { kind: 'action', action, params }, {}, process.model.limits)
    process.submit({ command, attempts: 0, settle })
  } catch (error) {
    settle({ ok: false, error: asPerdureError(error) })
  }
}
