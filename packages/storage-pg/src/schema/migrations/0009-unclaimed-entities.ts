// Which entities never claimed a content. Reasons that the SQL cannot tell:
// - `unclaimed` equals `version` as long as no claim of the entity was ever stored. A commit moves both, in the row that it
//   writes anyway, without looking; one that claims empties it. So one column of the head tells an activation that there is
//   nothing to align, and no table of another key is joined for that.
// - A version and no boolean: hosts of an older release, which know nothing of it, go on beside this one. They move `version`
//   alone, and what they may have claimed is looked for.
// - Entities from before are left as they are, and looked at as they were: rows without number would have to be rewritten.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** Entities without claims. */
export const unclaimedEntities: Migration = {
  version: 9,
  name: 'unclaimed-entities',
  statements: ({ entities }) => [sql`alter table ${entities} add column unclaimed int8`],
}
