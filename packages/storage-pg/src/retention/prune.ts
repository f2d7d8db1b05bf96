// Sweep and prune: references go that have expired, are too old or over the cap; blobs that nothing refers to are marked, and
// those marked for longer than the grace period deleted. Runs beside commits, in small statements, without locking the log.
import { RetentionRun, checkRetentionOptions, skippedPrune } from '@perdure/core'
import type { PruneResult, RetentionLimits, SweepOptions } from '@perdure/core'
import type { StorageContext } from '../storage-context.ts'
import { deleteOrphans, orphanMarker } from './collect-blobs.ts'
import { dueRefsDropper, expireRefs } from './drop-refs.ts'
import { judgeContents, readStoredBytes } from './judge-contents.ts'

/** See `Storage.prune`; without limits it is a sweep. One run at a time on a schema, whichever host it is in. */
export async function prune(
  context: StorageContext,
  options: SweepOptions,
  limits: RetentionLimits,
): Promise<PruneResult> {
  checkRetentionOptions({ ...options, ...limits })
  if (options.dryRun === true) return tryOut(context, options, limits)
  const release = await context.tryLock(`perdure retention ${context.tables.schema}`)
  if (release === undefined) return skippedPrune
  try {
    return await carryOut(context, options, limits)
  } finally {
    await release()
  }
}

/** Nothing is changed, so one look at everything stands for all the batches. */
async function tryOut(
  context: StorageContext,
  options: SweepOptions,
  limits: RetentionLimits,
): Promise<PruneResult> {
  const run = new RetentionRun(options)
  let unmetBytes = 0
  await run.repeat('delete', async () => {
    const judgement = await judgeContents(context, options, limits)
    unmetBytes = judgement.unmetBytes
    return { counts: judgement.counts, done: true }
  })
  return { outcome: run.outcome, ...run.counts, unmetBytes }
}

async function carryOut(
  context: StorageContext,
  options: SweepOptions,
  limits: RetentionLimits,
): Promise<PruneResult> {
  const { now, graceMs = 0, batch = 500 } = options
  const { maxAgeMs, maxStoredBytes } = limits
  const { probe } = context
  const run = new RetentionRun(options)
  await run.repeat('expire', async () => {
    const { dropped, found } = await expireRefs(context, now, batch)
    return { counts: { expiredRefs: dropped }, done: found < batch }
  })
  await probe('storage.sweep.expired', { refs: run.counts.expiredRefs })
  if (maxAgeMs !== undefined) {
    const drop = dueRefsDropper(context, { referencedAt: now - maxAgeMs }, batch)
    await run.repeat('age', async () => {
      const { dropped, done } = await drop()
      return { counts: { agedRefs: dropped }, done }
    })
  }
  const isOver = maxStoredBytes !== undefined && (await readStoredBytes(context)) > maxStoredBytes
  if (isOver) await dropForCap(context, run, options, limits)
  const mark = orphanMarker(context, now, batch)
  await run.repeat('mark', async () => {
    const { marked, done } = await mark()
    return { counts: { orphanedBlobs: marked }, done }
  })
  await probe('storage.sweep.marked', { blobs: run.counts.orphanedBlobs })
  await run.repeat('delete', async () => {
    const { done, ...counts } = await deleteOrphans(context, now - graceMs, batch)
    return { counts, done }
  })
  await probe('storage.sweep.end', { blobs: run.counts.deletedBlobs })
  const isUnmet = isOver && run.outcome === 'done'
  const unmetBytes = isUnmet ? (await judgeContents(context, options, limits)).unmetBytes : 0
  return { outcome: run.outcome, ...run.counts, unmetBytes }
}

/** Looks once at what has to go, least recently made first, and drops just that: what is claimed meanwhile stays. */
async function dropForCap(
  context: StorageContext,
  run: RetentionRun,
  options: SweepOptions,
  limits: RetentionLimits,
): Promise<void> {
  let drop: ReturnType<typeof dueRefsDropper> | undefined
  await run.repeat('cap', async () => {
    if (drop === undefined) {
      const { lastToGo } = await judgeContents(context, options, limits)
      if (lastToGo === undefined) return { counts: {}, done: true }
      drop = dueRefsDropper(context, lastToGo, options.batch ?? 500)
    }
    const { dropped, done } = await drop()
    return { counts: { cappedRefs: dropped }, done }
  })
}
