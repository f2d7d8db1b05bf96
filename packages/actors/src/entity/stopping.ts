// Phase 4 of an entity's life, the last, after any other: no command is taken, and nothing is decided any more.
import type { PerdureError } from '@perdure/core'
import { rejectAll } from './command-request.ts'
import type { Running } from './running.ts'

/** Rejects what is not in flight, with the reason given; what is in flight settles as the storage says. */
export function stopEntity(running: Running, reasonOf: () => PerdureError): void {
  running.close()
  const waiting = running.takeWaiting()
  const rejected = [...running.writes.dropBehind(), ...waiting]
  if (rejected.length > 0) rejectAll(rejected, reasonOf())
}
