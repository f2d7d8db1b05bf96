// Carries a run out on two hosts over one storage, then asks whether the first law held: what was seen live is what the
// events say, from the start and from every snapshot.
import type { EntityEvent, Storage } from '@perdure/core'
import { expect } from 'vitest'
import { checkAtRest, checkHolds, checkRecovery } from './check-storage.ts'
import { checkStream, checkTraces } from './check-stream.ts'
import type { Streams } from './check-stream.ts'
import { beginRun, carryOut } from './law-run.ts'
import type { LawRun } from './law-run.ts'
import { lawIds } from './law-steps.ts'
import type { LawStep } from './law-steps.ts'

/**
 * Carries out a run and checks it.
 * @param tenant - one that no other run on this storage has
 * @param loseBlob - deletes a blob behind the storage's back; given it, the run ends with the loss of every blob
 */
export async function checkFirstLaw(
  storage: Storage,
  tenant: string,
  steps: readonly LawStep[],
  loseBlob?: (tenant: string, hash: string) => void,
): Promise<void> {
  // What earlier runs left behind with a lifetime would otherwise end in the middle of this one.
  await storage.sweep({ now: Number.MAX_SAFE_INTEGER })
  const before = await storage.stats()
  const run = await beginRun(storage, tenant)
  try {
    await carryOut(run, steps)
  } finally {
    await Promise.all(run.hosts.map((host) => host.stop()))
  }
  const after = await storage.stats()

  const streams = await readStreams(run)
  for (const events of streams) checkStream(run, events)
  checkTraces(run, streams)
  expect(after.events - before.events).toBe(streams.flat().length)
  expect(after.lastPosition - before.lastPosition).toBe(BigInt(streams.flat().length))
  await checkHolds(run, streams, before.refs)
  await checkAtRest(run, streams)
  if (loseBlob !== undefined) await checkRecovery(run, streams, loseBlob)
}

async function readStreams({ storage, tenant }: LawRun): Promise<Streams> {
  const streams = await Promise.all(lawIds.map((id) => storage.readEvents({ tenant, type: 'Law', id })))
  return streams.flatMap(([first, ...others]): readonly (readonly [EntityEvent, ...EntityEvent[]])[] =>
    first === undefined ? [] : [[first, ...others]],
  )
}
