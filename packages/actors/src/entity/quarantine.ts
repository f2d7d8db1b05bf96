// Why an entity cannot be read, remembered for a while. A damaged stream does not mend itself from one command to the next:
// who asks again and again is answered from here, and the storage is asked now and then whether somebody has repaired it.
import { isPerdureError } from '@perdure/core'
import type { Clock, PerdureError } from '@perdure/core'

/** How long a damaged stream is not read again, milliseconds. */
const quarantineMs = 5_000

/** Of one entity; held by its process. */
export class Quarantine {
  readonly #clock: Pick<Clock, 'now'>
  #failure: PerdureError | undefined
  #endsAt = 0

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** What to answer with, instead of reading. */
  get failure(): PerdureError | undefined {
    if (this.#failure !== undefined && this.#clock.now() >= this.#endsAt) this.#failure = undefined
    return this.#failure
  }

  /** Remembers why, if it is worth it: a damaged stream for a while, an erasure for good. */
  take(failure: PerdureError): void {
    if (isPerdureError(failure, 'corrupt_stream')) this.#endsAt = this.#clock.now() + quarantineMs
    else if (isPerdureError(failure, 'entity_erased')) this.#endsAt = Infinity
    else return
    this.#failure = failure
  }
}
