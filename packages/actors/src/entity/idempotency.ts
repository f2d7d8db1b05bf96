// Asking again under an idempotency key: the first outcome, found in the log, for as long as the entity exists.
import {
  StorageError,
  canonicalJson,
  commandName,
  encodeContent,
  evolve,
  formatEntityKey,
  own,
  readingsOf,
  unborn,
  upcastEvent,
} from '@perdure/core'
import type { Command, EntityEvent, EntityKey, EntityModel, EntityState, JsonObject } from '@perdure/core'
import { IdempotencyKeyReused } from '../errors/host-errors.ts'
import { withRetry } from '../persistence/with-retry.ts'
import type { CommandOutcome } from './command-request.ts'
import type { EntityDeps } from './entity-deps.ts'

/** The first outcome under the command's key, if the log has one. A deed under another command is an error: keys are not shared. */
export async function findFirstOutcome(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  command: Command,
  idempotencyKey: string,
  committed: EntityState,
): Promise<CommandOutcome | undefined> {
  const stored = await withRetry(deps, () => deps.storage.findByIdempotencyKey(entity, idempotencyKey))
  if (stored === undefined) return undefined
  const reused = reuseProblem(model, entity, command, stored)
  if (reused !== undefined) return { ok: false, error: reused }
  const event = upcastEvent(model, stored)
  if (event.sequence === committed.version) return { ok: true, event, state: committed }
  const events = await withRetry(deps, () => readUpTo(deps, entity, event.sequence))
  return { ok: true, event, state: evolve(model, unborn, events).state }
}

/** A reader that is behind does not know of the event yet: what it has is not the state after it. */
async function readUpTo(
  { storage }: EntityDeps,
  entity: EntityKey,
  sequence: number,
): Promise<readonly EntityEvent[]> {
  const events = await storage.readEvents(entity, { toSequence: sequence })
  if (events.at(-1)?.sequence === sequence) return events
  throw new StorageError(
    'storage_unavailable',
    `${formatEntityKey(entity)}: event ${sequence} is known to be stored and was not among those read; the reader is behind`,
  )
}

/**
 * Why the event cannot be the first outcome of this command: it came of another one. A command may be repeated as it was
 * asked before the spec changed, or as it is asked now.
 */
export function reuseProblem(
  model: EntityModel,
  entity: EntityKey,
  command: Command,
  event: EntityEvent,
): IdempotencyKeyReused | undefined {
  const isSame = (reading: EntityEvent): boolean =>
    commandName(command) === reading.action && hasParams(reading, paramsOf(command))
  if (readingsOf(model, event).some(isSame)) return undefined
  return new IdempotencyKeyReused(
    formatEntityKey(entity),
    event.idempotencyKey ?? '',
    event.sequence,
    event.action,
  )
}

function paramsOf(command: Command): JsonObject {
  if (command.kind === 'delete') return {}
  return command.kind === 'action' ? command.params : command.fields
}

/** Whether these are the event's params; one that the log holds by reference is known by its hash. */
function hasParams({ params, paramRefs = {} }: EntityEvent, given: JsonObject): boolean {
  const inline = Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(paramRefs, name)))
  if (canonicalJson(inline) !== canonicalJson(params)) return false
  return Object.entries(paramRefs).every(([name, { hash }]) => {
    const value = own(given, name)
    return value !== undefined && encodeContent(value).hash === hash
  })
}
