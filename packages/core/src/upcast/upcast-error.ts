import type { EntityEvent } from '../entity/event.ts'
import { formatEntityKey } from '../entity/entity-key.ts'
import { PerdureError } from '../errors/perdure-error.ts'

/** An older event cannot be read under today's spec: the `[[upcast]]`s or the hook of its type do not fit it. */
export class UpcastFailed extends PerdureError {
  override readonly name: string = 'UpcastFailed'
  declare readonly code: 'upcast_failed'

  constructor(event: EntityEvent, why: string, cause?: unknown) {
    const entity = formatEntityKey(event)
    const { sequence, action, specVersion } = event
    super(
      'upcast_failed',
      `${entity}: event ${sequence} (${action}, version ${specVersion} of the spec) cannot be read today: ${why}`,
      {
        ...(cause === undefined ? {} : { cause }),
        details: { entity, sequence, action, specVersion },
      },
    )
  }
}

/**
 * An event was written under a newer version of the spec than the one at hand, whose author said that it reads
 * differently. Nothing is guessed: run the newer spec.
 */
export class SpecOutdated extends PerdureError {
  override readonly name: string = 'SpecOutdated'
  declare readonly code: 'spec_outdated'

  constructor(event: EntityEvent, version: number) {
    const entity = formatEntityKey(event)
    const { sequence, specVersion } = event
    super(
      'spec_outdated',
      `${entity}: event ${sequence} was written under version ${specVersion} of the spec, and this is version ${version}; run the newer spec`,
      { details: { entity, sequence, specVersion, version } },
    )
  }
}
