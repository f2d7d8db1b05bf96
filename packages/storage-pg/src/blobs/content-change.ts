import type { BlobWrite, EntityKey, RefClaim, RefRelease } from '@perdure/core'

/** What one entity does to contents. */
export interface ContentChange {
  readonly entity: EntityKey
  readonly blobs: readonly BlobWrite[]
  readonly claims: readonly RefClaim[]
  readonly releases: readonly RefRelease[]
}
