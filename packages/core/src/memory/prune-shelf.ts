// Sweep and prune on the shelf: one batch a phase, since nothing has to wait for anything here.
import type { EntityKey } from '../entity/entity-key.ts'
import type { PruneResult, RetentionLimits, SweepOptions } from '../storage/retention.ts'
import { RetentionRun } from '../storage/retention-run.ts'
import type { BlobShelf, StoredBlob, StoredReference } from './blob-shelf.ts'
import { compareUtf8 } from './compare-utf8.ts'

/** See `Storage.prune`; without limits it is a sweep. */
export async function pruneShelf(
  shelf: BlobShelf,
  isLive: (entity: EntityKey) => boolean,
  options: SweepOptions,
  { maxAgeMs, maxStoredBytes: cap }: RetentionLimits,
): Promise<PruneResult> {
  const { now, graceMs = 0 } = options
  const run = new RetentionRun(options)
  const mayGo = ({ expiresAt, entity }: StoredReference): boolean =>
    expiresAt !== undefined || !isLive(entity)
  await run.repeat('expire', () => {
    const expiredRefs = shelf.drop(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now)
    return { counts: { expiredRefs }, done: true }
  })
  if (maxAgeMs !== undefined) {
    await run.repeat('age', () => {
      const isDue = (reference: StoredReference): boolean =>
        mayGo(reference) && reference.referencedAt <= now - maxAgeMs
      return { counts: { agedRefs: shelf.drop(isDue) }, done: true }
    })
  }
  if (cap !== undefined) {
    await run.repeat('cap', () => {
      const last = lastToGo(shelf, mayGo, cap)
      const isDue = (reference: StoredReference, blob: StoredBlob): boolean =>
        last !== undefined && mayGo(reference) && compareTurns(turnOf(reference, blob), last) <= 0
      return { counts: { cappedRefs: shelf.drop(isDue) }, done: true }
    })
  }
  await run.repeat('mark', () => ({ counts: { orphanedBlobs: shelf.markOrphans(now) }, done: true }))
  await run.repeat('delete', () => ({ counts: shelf.deleteOrphans(now - graceMs), done: true }))
  const unmetBytes = run.outcome === 'done' && cap !== undefined ? Math.max(heldBytes(shelf) - cap, 0) : 0
  return { outcome: run.outcome, ...run.counts, unmetBytes }
}

/** When it is a reference's turn to go for the cap: by time, and at the same time by content. */
interface Turn {
  readonly referencedAt: number
  readonly tenant: string
  readonly hash: string
}

function turnOf({ referencedAt }: StoredReference, { tenant, hash }: StoredBlob): Turn {
  return { referencedAt, tenant, hash }
}

function compareTurns(one: Turn, other: Turn): number {
  return (
    one.referencedAt - other.referencedAt ||
    compareUtf8(one.tenant, other.tenant) ||
    compareUtf8(one.hash, other.hash)
  )
}

/** The turn up to which references go, so that what the others hold fits; undefined: everything fits. */
function lastToGo(
  shelf: BlobShelf,
  mayGo: (reference: StoredReference) => boolean,
  cap: number,
): Turn | undefined {
  let excess = heldBytes(shelf) - cap
  if (excess <= 0) return undefined
  // A blob is freed when it is the turn of the reference that was made last.
  const falling = shelf
    .blobs()
    .filter(({ references }) => references.size > 0 && [...references.values()].every(mayGo))
    .map((blob) => ({ turn: lastTurnOf(blob), bytes: blob.bytes.length }))
    .toSorted((one, other) => compareTurns(one.turn, other.turn))
  let last: Turn | undefined
  for (const { turn, bytes } of falling) {
    if (excess <= 0) break
    excess -= bytes
    last = turn
  }
  return last
}

function lastTurnOf({ tenant, hash, references }: StoredBlob): Turn {
  const times = [...references.values()].map(({ referencedAt }) => referencedAt)
  return { referencedAt: times.reduce((one, other) => Math.max(one, other), -Infinity), tenant, hash }
}

function heldBytes(shelf: BlobShelf): number {
  return shelf
    .blobs()
    .filter(({ references }) => references.size > 0)
    .reduce((bytes, blob) => bytes + blob.bytes.length, 0)
}
