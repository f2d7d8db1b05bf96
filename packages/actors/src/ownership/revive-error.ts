// An error that another host answered with, as an error of its class here: `code`, text and facts are those it had there.
import { PerdureError, StorageError } from '@perdure/core'
import type { RoutedError } from '@perdure/core'
import {
  ActionRejected,
  Conflict,
  EntityErased,
  EntityExists,
  EntityNotFound,
  EntityQuarantined,
  IdempotencyKeyReused,
  InvalidArgument,
  Overloaded,
  PayloadTooLarge,
  Unavailable,
} from '../errors/host-errors.ts'

/** By the name that an error carries. One that is not among them, of a newer version perhaps, is a plain `PerdureError`. */
const classes: ReadonlyMap<string, { readonly prototype: PerdureError }> = new Map(
  Object.entries({
    ActionRejected,
    Conflict,
    EntityErased,
    EntityExists,
    EntityNotFound,
    EntityQuarantined,
    IdempotencyKeyReused,
    InvalidArgument,
    Overloaded,
    PayloadTooLarge,
    StorageError,
    Unavailable,
  }),
)

/** Makes the error again; `cause` is what the other host said was the cause. */
export function reviveError({ name, code, message, details, facts, cause }: RoutedError): PerdureError {
  const options = cause === undefined ? { details } : { details, cause: new Error(cause) }
  const error = new PerdureError(code, message, options)
  // Constructors make up messages of their own; this one has its message already.
  const found = classes.get(name)
  if (found !== undefined) Object.setPrototypeOf(error, found.prototype)
  for (const [fact, value] of Object.entries({ ...facts, name }))
    Object.defineProperty(error, fact, { value, enumerable: true, configurable: true, writable: true })
  return error
}
