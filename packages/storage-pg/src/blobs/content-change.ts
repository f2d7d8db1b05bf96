import type { BlobWrite, EntityKey, RefClaim, RefRelease } from '@perdure/core'

/** What one entity does to contents. */
export interface ContentChange {
  readonly entity: EntityKey
  /** The time of its last event, which is that of its claims, epoch milliseconds. */
  readonly at: number
  readonly blobs: readonly BlobWrite[]
  readonly claims: readonly RefClaim[]
  readonly releases: readonly RefRelease[]
}
