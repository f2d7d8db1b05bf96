// One attempt to store a batch. When it fails as a whole it is divided, so that a unit that cannot be stored is found and
// its neighbours are stored all the same: repeating a unit is safe, whatever became of it.
import { PerdureError, StorageError } from '@perdure/core'
import type { CommitResult, CommitUnit, StorageErrorCode } from '@perdure/core'

/** What became of a unit: the storage's word, or why there is none. */
export type UnitOutcome = CommitResult | { readonly kind: 'failed'; readonly error: PerdureError }

/** Errors that say nothing about a unit: they would meet every other one as well. */
const aboutTheStorage: ReadonlySet<string> = new Set<StorageErrorCode>([
  'storage_in_use',
  'storage_closed',
  'storage_misconfigured',
  'storage_forbidden',
  'storage_full',
  'schema_too_new',
  'schema_missing',
  'schema_outdated',
])

/** Whether repeating may help. */
export function isRetryable(error: PerdureError): boolean {
  return error instanceof StorageError && error.retryable
}

/** Sends units in one commit. */
export type Commit = (units: readonly CommitUnit[]) => Promise<readonly CommitResult[]>

/** Sends units in one commit, undivided. @returns an outcome for each */
export async function tryCommit(
  commit: Commit,
  units: readonly CommitUnit[],
): Promise<readonly UnitOutcome[]> {
  try {
    const results = await commit(units)
    return units.map((_, index) => results[index] ?? { kind: 'failed', error: missingResult() })
  } catch (thrown) {
    const error = asStorageError(thrown)
    return units.map(() => ({ kind: 'failed', error }))
  }
}

/**
 * Sends units that have just failed together in halves, and those in halves again. Gives up dividing when nothing
 * succeeds: then it is the storage that fails.
 */
export async function tryDivided(
  commit: Commit,
  units: readonly CommitUnit[],
  failed: readonly UnitOutcome[],
  isWanted: () => boolean,
): Promise<readonly UnitOutcome[]> {
  // The way down to a single unit, and three more.
  const limit = Math.ceil(Math.log2(Math.max(units.length, 2))) + 3
  let failures = 0
  const divide = async (
    part: readonly CommitUnit[],
    met: readonly UnitOutcome[],
  ): Promise<readonly UnitOutcome[]> => {
    if (part.length < 2 || failures >= limit || !isWorthDividing(met)) return met
    const half = Math.ceil(part.length / 2)
    const outcomes: UnitOutcome[] = []
    for (const piece of [part.slice(0, half), part.slice(half)]) {
      if (failures >= limit || !isWanted()) {
        outcomes.push(...met.slice(outcomes.length, outcomes.length + piece.length))
        continue
      }
      const tried = await tryCommit(commit, piece)
      failures = tried.some(({ kind }) => kind !== 'failed') ? 0 : failures + 1
      outcomes.push(...(await divide(piece, tried)))
    }
    return outcomes
  }
  return divide(units, failed)
}

/** Only what failed as a whole, by an error that may be about one unit. */
function isWorthDividing(outcomes: readonly UnitOutcome[]): boolean {
  return outcomes.every((outcome) => outcome.kind === 'failed' && !aboutTheStorage.has(outcome.error.code))
}

function missingResult(): StorageError {
  return new StorageError('outcome_unknown', 'the storage gave no result for a unit it was sent')
}

function asStorageError(error: unknown): PerdureError {
  if (error instanceof PerdureError) return error
  return new StorageError('storage_failed', `the storage threw what it should not: ${String(error)}`, {
    cause: error,
  })
}
