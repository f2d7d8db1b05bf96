import { PerdureError } from '../errors/perdure-error.ts'
import type { ErrorDetails } from '../errors/perdure-error.ts'

/** Every way a storage fails. */
export type StorageErrorCode =
  /** It cannot be reached, or its server is going down or is overloaded; trying again may help. */
  | 'storage_unavailable'
  /** The call may have been carried out: the connection was lost before the answer. Safe to repeat. */
  | 'outcome_unknown'
  /** A transaction lost against another (serialisation, deadlock); trying again helps. */
  | 'storage_contention'
  /** Another process holds the directory. */
  | 'storage_in_use'
  | 'storage_closed'
  /** The URL or an option makes no sense. */
  | 'storage_misconfigured'
  /** Wrong credentials or missing privileges. */
  | 'storage_forbidden'
  | 'storage_full'
  /** The database has a newer schema than this version knows. */
  | 'schema_too_new'
  /** There is no schema, and the opener may not create one. */
  | 'schema_missing'
  /** The schema is older than this version needs, and the opener may not migrate it. */
  | 'schema_outdated'
  /** Stored events of an entity cannot be read: a gap, a duplicate, an undecodable payload. */
  | 'corrupt_stream'
  /** Bytes of a blob do not have the hash or the length they are stored under. */
  | 'corrupt_blob'
  /** A newer version wrote a blob with a codec that this one does not know. */
  | 'unknown_codec'
  /** A unit is over a limit or holds what cannot be encoded. */
  | 'unit_refused'
  /** Anything else; a bug or a fault that trying again does not mend. */
  | 'storage_failed'

const retryable: ReadonlySet<StorageErrorCode> = new Set([
  'storage_unavailable',
  'outcome_unknown',
  'storage_contention',
])

/** A storage failed. `retryable` says whether the same call may succeed when repeated. */
export class StorageError extends PerdureError {
  override readonly name: string = 'StorageError'
  declare readonly code: StorageErrorCode
  readonly retryable: boolean

  constructor(
    code: StorageErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(code, message, options)
    this.retryable = retryable.has(code)
  }
}
