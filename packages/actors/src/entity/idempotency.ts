// Asking again under an idempotency key: the first outcome, found in the log, for as long as the entity exists.
import { canonicalJson, commandName, evolve, formatEntityKey, unborn } from '@perdure/core'
import type { Command, EntityEvent, EntityKey, EntityModel, EntityState } from '@perdure/core'
import { IdempotencyKeyReused } from '../errors/host-errors.ts'
import type { CommandOutcome } from './command-request.ts'
import type { EntityDeps } from './entity-deps.ts'

/** The outcome that this event had when it was new. A deed under another command is an error: keys are not shared. */
export async function repeatOutcome(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  command: Command,
  event: EntityEvent,
  committed: EntityState,
): Promise<CommandOutcome> {
  const reused = reuseProblem(entity, command, event)
  if (reused !== undefined) return { ok: false, error: reused }
  if (event.sequence === committed.version) return { ok: true, event, state: committed }
  const events = await deps.storage.readEvents(entity, { toSequence: event.sequence })
  return { ok: true, event, state: evolve(model, unborn, events).state }
}

/** Whether the event came of another command than this one. Params that the log holds by reference are not compared. */
export function reuseProblem(
  entity: EntityKey,
  command: Command,
  event: EntityEvent,
): IdempotencyKeyReused | undefined {
  const params = command.kind === 'action' ? command.params : command.kind === 'delete' ? {} : command.fields
  const inline = Object.fromEntries(
    Object.entries(params).filter(
      ([name]) => event.paramRefs === undefined || !Object.hasOwn(event.paramRefs, name),
    ),
  )
  const isSame =
    commandName(command) === event.action && canonicalJson(inline) === canonicalJson(event.params)
  if (isSame) return undefined
  return new IdempotencyKeyReused(
    formatEntityKey(entity),
    event.idempotencyKey ?? '',
    event.sequence,
    event.action,
  )
}
