import { PerdureError } from '@perdure/core'

/** Turns whatever was thrown into an error with a code; what is no error of ours is a fault: `internal`. */
export function asPerdureError(error: unknown): PerdureError {
  return error instanceof PerdureError ? error : new PerdureError('internal', String(error), { cause: error })
}
