// What the asker of an entity hears when its command could not be carried out for reasons that are not the model's.
import { StorageError, formatEntityKey, isPerdureError } from '@perdure/core'
import type { EntityKey, PerdureError } from '@perdure/core'
import { Conflict, HostStopped, Unavailable } from '../errors/host-errors.ts'

/** A failure to write, as it is told: what the storage refuses for good as it is, any other fault as `Unavailable`. */
export function tellFailure(entity: EntityKey, error: PerdureError): PerdureError {
  const isPlain = error.code === 'unit_refused' || !(error instanceof StorageError)
  return isPlain ? error : unavailable(entity, error)
}

/** Why an entity could not be read. What is wrong with its events is told as it is: no repetition mends it. */
export function loadFailure(entity: EntityKey, error: unknown): PerdureError {
  const isOfEvents = isPerdureError(error) && eventFaults.has(error.code)
  return isOfEvents ? error : unavailable(entity, error)
}

const eventFaults: ReadonlySet<string> = new Set([
  'corrupt_stream',
  'entity_quarantined',
  'entity_erased',
  'upcast_failed',
  'spec_outdated',
])

/** The storage did not answer. */
export function unavailable(entity: EntityKey, cause: unknown): Unavailable {
  return cause instanceof Unavailable ? cause : new Unavailable(formatEntityKey(entity), cause)
}

/** The host has stopped. */
export function stopError(entity: EntityKey): HostStopped {
  return new HostStopped(formatEntityKey(entity))
}

/** Another writer was faster, every time. */
export function lostTooOften(entity: EntityKey, attempts: number, actual: number): Conflict {
  return new Conflict(formatEntityKey(entity), `lost ${attempts} times against another writer; ask again`, {
    actual,
  })
}
