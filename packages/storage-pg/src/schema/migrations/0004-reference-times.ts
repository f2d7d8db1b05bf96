// When a reference was last made, for pruning by age and by bytes.
//
// A reference that is there already was made at the latest with its entity's newest event: that is the time it gets, so that
// nothing seems older than it is. The default is for hosts of an older version that still write while others are updated.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** `blob_refs.referenced_at`, and the indexes by which references are found to prune. */
export const referenceTimes: Migration = {
  version: 4,
  name: 'reference-times',
  statements: ({ blobRefs, entities }) => [
    sql`alter table ${blobRefs}
        add column referenced_at timestamptz not null default date_trunc('milliseconds', now())`,
    sql`update ${blobRefs} as ref set referenced_at = head.updated_at
        from ${entities} as head where head.stream = ref.stream`,
    sql`create index blob_refs_referenced_at on ${blobRefs} (referenced_at) where expires_at is not null`,
    sql`create index entities_deleted on ${entities} (stream) where deleted_at is not null`,
  ],
}
