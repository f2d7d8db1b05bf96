// Which errors of the database are the fault of a unit's data, and what its caller is told.
import type { StorageError } from '@perdure/core'
import { constraintOf, sqlStateOf } from '../connect/sqlstate.ts'
import type { PreparedUnit } from './prepared-unit.ts'
import { refuse } from './prepared-unit.ts'

/** Classes of SQLSTATE that blame the data: 22 data exception, 23 integrity, 54 program limit exceeded. */
export function isUnitFault(error: unknown): boolean {
  const sqlState = sqlStateOf(error)
  // A position taken twice is the log's own fault, not some unit's.
  return sqlState !== undefined && /^(?:22|23|54)/.test(sqlState) && constraintOf(error) !== 'events_position'
}

/** The refusal of a unit that the database does not take. */
export function refusalOf({ unit }: PreparedUnit, error: unknown): StorageError {
  switch (constraintOf(error)) {
    case 'events_idempotency_key':
      return refuse(unit.entity, 'an event under the same idempotency key is stored already', error)
    case 'blob_refs_blob':
      return refuse(unit.entity, 'it claims content that is neither stored nor part of it', error)
    default:
      return refuse(unit.entity, `the database does not take it (SQLSTATE ${sqlStateOf(error)})`, error)
  }
}
