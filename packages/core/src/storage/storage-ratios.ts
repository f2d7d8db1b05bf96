import type { StorageStats } from './storage.ts'

/**
 * How many bytes of values one byte of distinct content stands for: what storing content once a tenant saves. 1 when
 * nothing is shared, or nothing is referred to.
 */
export function deduplicationRatio(
  stats: Pick<StorageStats, 'referencedBytes' | 'referencedBlobBytes'>,
): number {
  return ratio(stats.referencedBytes, stats.referencedBlobBytes)
}

/** How many bytes of content one byte at rest holds. 1 when there are no blobs. */
export function compressionRatio(stats: Pick<StorageStats, 'blobBytes' | 'storedBytes'>): number {
  return ratio(stats.blobBytes, stats.storedBytes)
}

function ratio(of: number, to: number): number {
  return to === 0 ? 1 : of / to
}
