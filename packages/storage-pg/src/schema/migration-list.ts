// Every schema version, oldest first; a released migration is never changed, only followed.
import type { Migration } from './migration.ts'
import { firstSchema } from './migrations/0001-first-schema.ts'
import { claimsOfAStream } from './migrations/0002-claims-of-a-stream.ts'
import { logReaders } from './migrations/0003-log-readers.ts'
import { referenceTimes } from './migrations/0004-reference-times.ts'
import { erasures } from './migrations/0005-erasures.ts'
import { importedBodiesOf } from './migrations/0006-imported-bodies.ts'
import { hostLeases } from './migrations/0007-host-leases.ts'
import { router } from './migrations/0008-router.ts'
import { unclaimedEntities } from './migrations/0009-unclaimed-entities.ts'
import { routerOrder } from './migrations/0010-router-order.ts'

/** The migrations in order; the last one's version is the schema version of this package. */
export const migrations: readonly Migration[] = [
  firstSchema,
  claimsOfAStream,
  logReaders,
  referenceTimes,
  erasures,
  importedBodiesOf,
  hostLeases,
  router,
  unclaimedEntities,
  routerOrder,
]

/** The newest schema version that this package knows. */
export const schemaVersion: number = migrations.at(-1)?.version ?? 0
