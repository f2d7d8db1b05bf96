import { describe, expect, it } from 'vitest'
import { PerdureError, StorageError, assertNever, isPerdureError } from '@perdure/core'
import type { StorageErrorCode } from '@perdure/core'

describe('an error of Perdure', () => {
  it('is known by its code, and keeps cause and details', () => {
    const cause = new Error('down')
    const error = new StorageError('storage_full', 'no space', { cause, details: { free: 0 } })
    expect(isPerdureError(error)).toBe(true)
    expect(isPerdureError(error, 'storage_full')).toBe(true)
    expect(isPerdureError(error, 'storage_failed')).toBe(false)
    expect(error).toMatchObject({ name: 'StorageError', cause, details: { free: 0 } })
    expect(error).toBeInstanceOf(PerdureError)
  })

  it('has no cause unless it was given one', () => {
    expect('cause' in new PerdureError('x', 'y')).toBe(false)
    expect(new PerdureError('x', 'y').details).toEqual({})
  })

  it('is told from everything else', () => {
    for (const other of [new Error('x'), { code: 'storage_full' }, null, undefined, 'x'])
      expect(isPerdureError(other)).toBe(false)
  })

  it('says of a storage failure whether repeating the call may help', () => {
    const retryable: readonly StorageErrorCode[] = [
      'storage_unavailable',
      'outcome_unknown',
      'storage_contention',
    ]
    const final: readonly StorageErrorCode[] = [
      'storage_in_use',
      'storage_closed',
      'corrupt_stream',
      'unit_refused',
    ]
    for (const code of retryable) expect(new StorageError(code, 'x').retryable).toBe(true)
    for (const code of final) expect(new StorageError(code, 'x').retryable).toBe(false)
  })

  it('ends a switch that meets a variant it does not know', () => {
    expect(() => assertNever({ kind: 'new' } as never)).toThrow('unreachable: {"kind":"new"}')
  })
})
