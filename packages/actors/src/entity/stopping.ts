// Phase 4 of an entity's life, the last, after any other: no command is taken, and nothing is decided any more.
import type { PerdureError } from '@perdure/core'
import { rejectAll } from './command-request.ts'
import type { Running } from './running.ts'

/** Rejects what is not in flight, with the reason given; what is in flight settles as the storage says. */
export function stopEntity(running: Running, reason: PerdureError): void {
  running.close()
  const waiting = running.takeWaiting()
  rejectAll([...running.writes.dropBehind(), ...waiting], reason)
}
