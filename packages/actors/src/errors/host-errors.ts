// Every error that asking something of a host can end in. Recognise them by `code`.
import { PerdureError } from '@perdure/core'
import type { FailingPart, Rejection, RejectionCode } from '@perdure/core'

/** The model refused the command; nothing changed. */
export class ActionRejected extends PerdureError {
  override readonly name: string = 'ActionRejected'
  declare readonly code: RejectionCode
  /** The action that was asked for. */
  declare readonly action: string
  /** The part of a guard or invariant that failed, with the values it saw. */
  declare readonly failing?: FailingPart

  constructor(rejection: Rejection) {
    super(rejection.code, rejection.message, { details: { action: rejection.action } })
    this.action = rejection.action
    if (rejection.failing !== undefined) this.failing = rejection.failing
  }
}

/** Someone else wrote the entity, again and again, or it is not at the version the asker expects. */
export class Conflict extends PerdureError {
  override readonly name: string = 'Conflict'
  declare readonly code: 'conflict'

  constructor(
    entity: string,
    message: string,
    details: { readonly expected?: number; readonly actual?: number } = {},
  ) {
    super('conflict', `${entity}: ${message}`, { details: { entity, ...details } })
  }
}

/** A command or a state is over a limit; nothing changed. */
export class PayloadTooLarge extends PerdureError {
  override readonly name: string = 'PayloadTooLarge'
  declare readonly code: 'payload_too_large'

  constructor(entity: string, what: string, bytes: number, maxBytes: number) {
    super(
      'payload_too_large',
      `${entity}: ${what} has ${bytes} bytes of JSON, and at most ${maxBytes} are allowed`,
      {
        details: { entity, bytes, maxBytes },
      },
    )
  }
}

/** The storage could not be reached, or could not answer; `cause` says why. Unless noted, the command may be repeated. */
export class Unavailable extends PerdureError {
  override readonly name: string = 'Unavailable'
  declare readonly code: 'unavailable'

  constructor(entity: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('unavailable', `${entity}: the storage did not answer: ${why}`, { cause, details: { entity } })
  }
}

/** More wait already than may; nothing was done, and the command may be repeated when there is less to do. */
export class Overloaded extends PerdureError {
  override readonly name: string = 'Overloaded'
  declare readonly code: 'overloaded'
  /** The option whose bound is reached. */
  readonly limit: 'maxCommandsWaiting' | 'maxBytesWaiting'
  /** Whose bound it is; absent when it is that of the host. */
  readonly tenant?: string

  constructor(limit: Overloaded['limit'], max: number, tenant?: string) {
    const whose = tenant === undefined ? 'the host' : `tenant ${tenant}`
    const option = tenant === undefined ? limit : `tenantLimits.${limit}`
    super(
      'overloaded',
      `${whose} is overloaded: ${option} is ${max}, and no more may wait; ask again later`,
      {
        details: { limit, max, ...(tenant === undefined ? {} : { tenant }) },
      },
    )
    this.limit = limit
    if (tenant !== undefined) this.tenant = tenant
  }
}

/** The host is stopping or has stopped. */
export class HostStopped extends PerdureError {
  override readonly name: string = 'HostStopped'
  declare readonly code: 'host_stopped'

  constructor(what: string) {
    super(
      'host_stopped',
      `${what}: the host has been stopped; a command it did not acknowledge may be stored or not, look before repeating it`,
    )
  }
}

/** No entity of this id was ever created. */
export class EntityNotFound extends PerdureError {
  override readonly name: string = 'EntityNotFound'
  declare readonly code: 'entity_not_found'

  constructor(entity: string) {
    super('entity_not_found', `${entity} does not exist; create it with host.spawn`, { details: { entity } })
  }
}

/** An entity of this id exists (or existed: a deleted entity keeps its id). */
export class EntityExists extends PerdureError {
  override readonly name: string = 'EntityExists'
  declare readonly code: 'entity_exists'
  /** It was deleted, so that there is nothing to use in its place. */
  readonly isDeleted: boolean

  constructor(entity: string, isDeleted: boolean) {
    const how = isDeleted
      ? 'was deleted, and its id is not given out again'
      : 'exists already; pass { ifAbsent: true } to use it'
    super('entity_exists', `${entity} ${how}`, { details: { entity, isDeleted } })
    this.isDeleted = isDeleted
  }
}

/** The entity existed, and its history has been erased for good; its id is not given out again. */
export class EntityErased extends PerdureError {
  override readonly name: string = 'EntityErased'
  declare readonly code: 'entity_erased'
  /** Epoch milliseconds. */
  readonly erasedAt: number

  constructor(entity: string, erasedAt: number) {
    super(
      'entity_erased',
      `${entity} was erased, and nothing of it is left; its id is not given out again, use another`,
      { details: { entity, erasedAt } },
    )
    this.erasedAt = erasedAt
  }
}

/** What the caller handed over names nothing: an id, a tenant, an entity type, a key. */
export class InvalidArgument extends PerdureError {
  override readonly name: string = 'InvalidArgument'
  declare readonly code:
    'invalid_id' | 'invalid_tenant' | 'invalid_idempotency_key' | 'unknown_entity_type' | 'invalid_option'
}

/** The idempotency key was used before, for another command. */
export class IdempotencyKeyReused extends PerdureError {
  override readonly name: string = 'IdempotencyKeyReused'
  declare readonly code: 'idempotency_key_reused'

  constructor(entity: string, key: string, sequence: number, action: string) {
    super(
      'idempotency_key_reused',
      `${entity}: idempotency key "${key}" belongs to ${action} (event ${sequence}) with other params; use a new key`,
      { details: { entity, key, sequence, action } },
    )
  }
}

/** A spec asks for what this version does not carry out; the host does not start rather than ignore it. */
export class SpecNotSupported extends PerdureError {
  override readonly name: string = 'SpecNotSupported'
  declare readonly code: 'spec_not_supported'

  constructor(parts: readonly string[]) {
    const message = `this version cannot run: ${parts.join('; ')}; take them out of the specs to start`
    super('spec_not_supported', message, { details: { parts } })
  }
}

/**
 * The entity is left alone: its events are damaged (`details.kind` is `unreadable`; it is looked at again after a few seconds), or its
 * writes fail again and again while its neighbours' succeed (`unwritable`). `cause` says more; `host.release` ends it.
 */
export class EntityQuarantined extends PerdureError {
  override readonly name: string = 'EntityQuarantined'
  declare readonly code: 'entity_quarantined'

  constructor(entity: string, kind: 'unreadable' | 'unwritable', cause: PerdureError) {
    const why =
      kind === 'unreadable' ? 'its events cannot be read' : 'its writes failed while others succeeded'
    super(
      'entity_quarantined',
      `${entity} is in quarantine, for ${why}: ${cause.message}; mend the cause, then call host.release`,
      { cause, details: { entity, kind, cause: cause.code } },
    )
  }
}

/** A command that was acknowledged as processed could not be stored; what was answered never came to be. */
export class AcknowledgedCommandLost extends PerdureError {
  override readonly name: string = 'AcknowledgedCommandLost'
  declare readonly code: 'acknowledged_command_lost'

  constructor(entity: string, command: string, cause: PerdureError) {
    super(
      'acknowledged_command_lost',
      `${entity}: ${command} was acknowledged before it was stored, and is lost: ${cause.message}`,
      { cause, details: { entity, command, cause: cause.code } },
    )
  }
}
