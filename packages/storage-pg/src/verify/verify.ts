// Looks a storage through, for `Storage.verify`. Each part is walked in pages by its primary key, each page is one
// statement and so one moment of the database: a commit beside it is seen whole or not at all.
import { checkVerifyOptions } from '@perdure/core'
import type { VerifyOptions, VerifyReport } from '@perdure/core'
import type { StorageContext } from '../storage-context.ts'
import { Audit } from './audit.ts'
import { checkBlobs } from './check-blobs.ts'
import { checkEvents } from './check-events.ts'
import { checkHeads } from './check-heads.ts'
import { checkPositions, readLogHead } from './check-positions.ts'
import { checkReferences } from './check-references.ts'
import { checkSnapshots } from './check-snapshots.ts'

/** See `Storage.verify`. */
export async function verify(context: StorageContext, options: VerifyOptions): Promise<VerifyReport> {
  checkVerifyOptions(options)
  const batch = options.batch ?? 2_000
  const audit = new Audit(options)
  const logHead = await readLogHead(context)
  await audit.walk('heads', checkHeads(context, batch))
  await audit.walk('events', checkEvents(context, batch))
  await audit.walk('positions', checkPositions(context, batch * positionsPerRow, logHead))
  await audit.walk('snapshots', checkSnapshots(context, batch))
  await audit.walk('references', checkReferences(context, batch))
  await audit.walk('blobs', checkBlobs(context, batch, options))
  return audit.report(logHead)
}

/** Positions are read from an index alone: a page of them costs a tenth of a page of anything else. */
const positionsPerRow = 10
