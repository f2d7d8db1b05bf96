import { expect, it } from 'vitest'
import { PerdureError, StorageError, decodeRoutedReply, encodeRoutedReply, routeError } from '@perdure/core'

function cross(error: PerdureError) {
  const reply = decodeRoutedReply(encodeRoutedReply({ kind: 'failed', error: routeError(error) }))
  return reply?.kind === 'failed' ? reply.error : undefined
}

it('an error keeps its class, code, message, details and facts across hosts', () => {
  const cause = new Error('the line was cut')
  const error = new StorageError('storage_unavailable', 'away', {
    cause,
    details: { entity: 'A/1', tries: 3 },
  })
  expect(cross(error)).toEqual({
    name: 'StorageError',
    code: 'storage_unavailable',
    message: 'away',
    details: { entity: 'A/1', tries: 3 },
    facts: { retryable: true },
    cause: 'the line was cut',
  })
})

it('what JSON cannot say of an error stays behind, and the rest of it crosses', () => {
  const details = { size: 1n, handler: () => 1, at: 5, nested: { worst: NaN } }
  expect(cross(new PerdureError('odd', 'odd', { details }))?.details).toEqual({ at: 5 })
})
