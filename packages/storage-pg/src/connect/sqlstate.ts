// The one place where a driver's errors become StorageErrors: by SQLSTATE, by errno, never by text.
import { StorageError } from '@perdure/core'
import type { StorageErrorCode } from '@perdure/core'

/**
 * A connection broke while a statement was under way, as the driver noticed: whatever the server was doing, its answer
 * never came.
 */
export class ConnectionLost extends Error {
  override readonly name: string = 'ConnectionLost'
}

/** What a SQLSTATE means for a caller; exact codes win over classes. */
function codeOfSqlState(sqlState: string): StorageErrorCode {
  return exactCodes[sqlState] ?? classCodes[sqlState.slice(0, 2)] ?? 'storage_failed'
}

/** The five-character SQLSTATE of a server's error, if it is one. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code')
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && propertyOf(error, 'severity') !== undefined
    ? code
    : undefined
}

/** The constraint that a server's error names, if any. */
export function constraintOf(error: unknown): string | undefined {
  const constraint = propertyOf(error, 'constraint')
  return typeof constraint === 'string' ? constraint : undefined
}

/** Turns whatever was thrown into a StorageError; one that already is passes through. */
export function translateError(error: unknown, doing: string): StorageError {
  if (error instanceof StorageError) return error
  const code = codeOf(error)
  const sqlState = sqlStateOf(error)
  return new StorageError(code, `${doing} failed: ${reasonOf(error)}${adviceOf(code)}`, {
    cause: error,
    details: sqlState === undefined ? {} : { sqlState },
  })
}

/**
 * The same for a call that commits: where the answer is missing, it may have been carried out all the same.
 */
export function translateCommitError(error: unknown): StorageError {
  const translated = translateError(error, 'committing')
  const isAnswered = translated.code !== 'storage_unavailable' || sqlStateOf(error) === '25006'
  if (translated === error || isAnswered) return translated
  return new StorageError(
    'outcome_unknown',
    'the connection was lost before the answer to a commit; repeat the same units to learn the outcome',
    { cause: error, details: translated.details },
  )
}

function codeOf(error: unknown): StorageErrorCode {
  if (error instanceof ConnectionLost) return 'storage_unavailable'
  const sqlState = sqlStateOf(error)
  if (sqlState !== undefined) return codeOfSqlState(sqlState)
  const errno = propertyOf(error, 'code')
  return typeof errno === 'string' && Object.hasOwn(errnoCodes, errno)
    ? (errnoCodes[errno] ?? 'storage_failed')
    : 'storage_failed'
}

function reasonOf(error: unknown): string {
  if (error instanceof ConnectionLost) return 'the connection was lost'
  const message = error instanceof Error && error.message !== '' ? error.message : undefined
  const code = propertyOf(error, 'code')
  return message ?? (typeof code === 'string' ? code : String(error))
}

function adviceOf(code: StorageErrorCode): string {
  switch (code) {
    case 'storage_unavailable':
    case 'storage_contention':
      return ' (trying again may help)'
    case 'storage_full':
      return ' (free space on the database server)'
    case 'storage_forbidden':
      return ' (check user, password and privileges)'
    default:
      return ''
  }
}

function propertyOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined
}

const exactCodes: Readonly<Record<string, StorageErrorCode>> = {
  '25006': 'storage_unavailable', // read-only: a standby, or a primary on its way down
  '25P03': 'storage_unavailable', // idle in transaction for too long; the server hung up
  '25P04': 'storage_unavailable',
  '28000': 'storage_forbidden',
  '28P01': 'storage_forbidden',
  '3D000': 'storage_misconfigured',
  '3F000': 'storage_misconfigured',
  '40001': 'storage_contention',
  '40P01': 'storage_contention',
  '40003': 'storage_unavailable', // completion unknown
  '42501': 'storage_forbidden',
  '53100': 'storage_full',
  '53200': 'storage_unavailable',
  '53300': 'storage_unavailable',
  '55P03': 'storage_contention', // lock timeout
  '57014': 'storage_contention', // statement timeout or cancel
  '57P05': 'storage_unavailable',
}

const classCodes: Readonly<Record<string, StorageErrorCode>> = {
  '08': 'storage_unavailable',
  '53': 'storage_unavailable',
  '57': 'storage_unavailable',
  '58': 'storage_unavailable',
}

const errnoCodes: Readonly<Record<string, StorageErrorCode>> = {
  EAI_AGAIN: 'storage_unavailable',
  ECONNABORTED: 'storage_unavailable',
  ECONNREFUSED: 'storage_unavailable',
  ECONNRESET: 'storage_unavailable',
  EHOSTUNREACH: 'storage_unavailable',
  ENETUNREACH: 'storage_unavailable',
  ENOTFOUND: 'storage_unavailable',
  ENOENT: 'storage_unavailable', // a Unix socket that is not there
  EPIPE: 'storage_unavailable',
  ETIMEDOUT: 'storage_unavailable',
  EACCES: 'storage_forbidden',
  EPERM: 'storage_forbidden',
  EROFS: 'storage_forbidden',
  ENOSPC: 'storage_full',
  EDQUOT: 'storage_full',
}
