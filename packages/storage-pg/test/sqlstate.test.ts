import { StorageError } from '@perdure/core'
import type { StorageErrorCode } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { ConnectionLost, translateCommitError, translateError } from '../src/connect/sqlstate.ts'

/** An error as the drivers throw it for a server's answer. */
function serverError(code: string): Error {
  return Object.assign(new Error('a message that must not matter'), { code, severity: 'ERROR' })
}

function errnoError(code: string): Error {
  return Object.assign(new Error('connect failed'), { code, errno: -1, syscall: 'connect' })
}

const sqlStates: readonly (readonly [sqlState: string, code: StorageErrorCode])[] = [
  ['08006', 'storage_unavailable'],
  ['08P01', 'storage_unavailable'],
  ['25006', 'storage_unavailable'],
  ['25P03', 'storage_unavailable'],
  ['53300', 'storage_unavailable'],
  ['57P01', 'storage_unavailable'],
  ['57P03', 'storage_unavailable'],
  ['58030', 'storage_unavailable'],
  ['40001', 'storage_contention'],
  ['40P01', 'storage_contention'],
  ['55P03', 'storage_contention'],
  ['57014', 'storage_contention'],
  ['28P01', 'storage_forbidden'],
  ['42501', 'storage_forbidden'],
  ['3D000', 'storage_misconfigured'],
  ['53100', 'storage_full'],
  ['42P01', 'storage_failed'],
  ['XX000', 'storage_failed'],
  ['23505', 'storage_failed'],
]

describe('errors of the server', () => {
  it.each(sqlStates)('SQLSTATE %s becomes %s', (sqlState, code) => {
    const error = serverError(sqlState)
    expect(translateError(error, 'testing')).toMatchObject({ code, cause: error, details: { sqlState } })
  })

  it('says what was being done', () => {
    expect(translateError(serverError('42P01'), 'reading events').message).toMatch(/^reading events failed: /)
  })

  it('takes a code of five letters for a SQLSTATE only when the server sent it', () => {
    expect(translateError(errnoError('EPIPE'), 'testing').details).toEqual({})
  })
})

describe('errors of the connection', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'])(
    '%s is retryable',
    (errno) => {
      expect(translateError(errnoError(errno), 'testing')).toMatchObject({
        code: 'storage_unavailable',
        retryable: true,
      })
    },
  )

  it('calls a full disk full', () => {
    expect(translateError(errnoError('ENOSPC'), 'testing').code).toBe('storage_full')
  })

  it('does not guess from a message', () => {
    expect(translateError(new Error('Connection terminated unexpectedly'), 'testing').code).toBe(
      'storage_failed',
    )
  })
})

describe('errors of a commit', () => {
  it.each([serverError('57P01'), serverError('08006'), serverError('40003'), new ConnectionLost('lost')])(
    'leave the outcome open when the connection went: %s',
    (error) => {
      expect(translateCommitError(error)).toMatchObject({
        code: 'outcome_unknown',
        retryable: true,
        cause: error,
      })
    },
  )

  it.each(['25006', '40001', '40P01', '53100', '57014'])(
    'are definite when the server refused: %s',
    (sqlState) => {
      expect(translateCommitError(serverError(sqlState)).code).not.toBe('outcome_unknown')
    },
  )

  it('pass through when they are StorageErrors already', () => {
    const error = new StorageError('storage_unavailable', 'no connection could be made')
    expect(translateCommitError(error)).toBe(error)
  })
})
