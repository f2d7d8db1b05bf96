// References by stream: what an entity holds, for aligning its claims with its state.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** An index on the stream of a reference. */
export const claimsOfAStream: Migration = {
  version: 2,
  name: 'claims-of-a-stream',
  statements: ({ blobRefs }) => [sql`create index blob_refs_stream on ${blobRefs} (stream)`],
}
