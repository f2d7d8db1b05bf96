import { diffRefs } from '@perdure/core'
import type { BlobWrite, CommitUnit, EntityKey, EntityState } from '@perdure/core'
import type { PendingEvent } from './pending-command.ts'

/**
 * Coalesces decided commands of one entity into one unit: all their events, one set of references from the committed
 * state to the last one, the content those references need (superseded content is not written). Snapshots go behind the commit.
 */
export function commitUnitOf(
  entity: EntityKey,
  committed: EntityState,
  pending: readonly PendingEvent[],
): CommitUnit | undefined {
  const last = pending.at(-1)?.state
  if (last === undefined) return undefined
  const { claims, releases } = diffRefs(committed.refs, last.refs)
  return {
    entity,
    expectedVersion: committed.version,
    events: pending.map(({ event }) => event),
    status: last.status,
    ...(last.deletedAt === undefined ? {} : { deletedAt: last.deletedAt }),
    blobs: claims.length === 0 ? [] : contentOf(new Set(claims.map(({ hash }) => hash)), pending),
    claims,
    releases,
  }
}

function contentOf(hashes: ReadonlySet<string>, pending: readonly PendingEvent[]): readonly BlobWrite[] {
  const contents = new Map<string, BlobWrite>()
  for (const { overflow } of pending) {
    for (const content of overflow) if (hashes.has(content.hash)) contents.set(content.hash, content)
  }
  return [...contents.values()]
}
