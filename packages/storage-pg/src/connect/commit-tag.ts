import { StorageError } from '@perdure/core'

/**
 * Makes sure that COMMIT committed. Of a transaction that failed before it is no error for PostgreSQL: it rolls back, and
 * answers ROLLBACK.
 *
 * @throws StorageError `outcome_unknown` unless the command tag says COMMIT
 */
export function checkCommitTag(tag: string): void {
  if (tag === 'COMMIT') return
  throw new StorageError(
    'outcome_unknown',
    `COMMIT was answered with "${tag}", so nothing may have been stored; repeat the call to learn the outcome`,
    { details: { tag } },
  )
}
