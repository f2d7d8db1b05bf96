import { PerdureError } from '../errors/perdure-error.ts'

/** Why the content of an overflowed field cannot be read. */
export type FieldUnavailableReason = 'expired' | 'missing' | 'corrupt'

/** A field's content is gone or damaged. Thrown instead of handing out anything in its place. */
export class FieldUnavailable extends PerdureError {
  override readonly name: string = 'FieldUnavailable'
  declare readonly code: 'field_unavailable'
  readonly reason: FieldUnavailableReason

  constructor(entity: string, field: string, reason: FieldUnavailableReason, cause?: unknown) {
    const why = {
      expired: 'its lifetime (overflow_ttl_seconds) is over',
      missing: 'its blob is not in storage, and no event holds the value',
      corrupt: 'its blob does not have the hash or the length it is stored under',
    }[reason]
    super('field_unavailable', `${entity}: field "${field}" cannot be read: ${why}`, {
      ...(cause === undefined ? {} : { cause }),
      details: { entity, field, reason },
    })
    this.reason = reason
  }
}
