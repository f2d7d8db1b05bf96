// Verify: a storage looks itself through, counts what it looked at, and says what is wrong without ever failing over it.
import assert from 'node:assert/strict'
import { encodeSnapshot, unborn } from '@perdure/core'
import type { SnapshotRecord, Storage, VerifyPart, VerifyReport } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, rejectsWith } from '../check.ts'
import { hold, session, specHash, startOfTime, unitOf } from '../make-unit.ts'

const now = startOfTime + 1_000_000

const nothing: VerifyReport = {
  heads: 0,
  events: 0,
  positions: 0n,
  snapshots: 0,
  references: 0,
  blobs: 0,
  blobsRead: 0,
  isComplete: true,
  findings: [],
  findingCount: 0,
}

const parts: readonly VerifyPart[] = ['heads', 'events', 'positions', 'snapshots', 'references', 'blobs']

/** A snapshot that is one: verifying takes it out of its envelope. */
function realSnapshot(sequence: number): SnapshotRecord {
  return encodeSnapshot({ type: 'Session', specHash }, { ...unborn, status: 'Running', version: sequence })
}

/** Something of everything, all of it sound. */
async function fill(storage: Storage): Promise<void> {
  const [small, large] = [hold('f', 'small'), hold('g', 'large '.repeat(1_000))]
  await storage.commit([
    unitOf(session('s-1'), 0, { events: 3, holds: [small, large], snapshot: realSnapshot(2) }),
    unitOf(session('s-2'), 0, { events: [{ idempotencyKey: 'k\0 é' }], holds: [small] }),
    unitOf(session('s-1', 'tenant-b'), 0, { holds: [small], status: 'Waiting' }),
  ])
  await storage.commit([
    unitOf(session('s-2'), 1, { deletes: true }),
    unitOf(session('s-1'), 3, { releases: [large] }),
  ])
  await storage.sweep({ now, graceMs: 1_000 })
}

const always: readonly ContractCase[] = contractGroup('verify', {
  'the storage finds nothing wrong with nothing': async ({ storage }) => {
    assert.deepEqual(await storage.verify(), nothing)
  },

  'the storage counts what it looked at, and finds nothing wrong with what is sound': async ({ storage }) => {
    await fill(storage)
    const expected = { heads: 3, events: 7, positions: 7n, snapshots: 1, references: 3, blobs: 3 }
    for (const batch of [1, 2, 1_000])
      assert.deepEqual(await storage.verify({ batch }), { ...nothing, ...expected, blobsRead: 3 })
  },

  'the storage finds nothing wrong while others commit, release and sweep': async ({ storage }) => {
    const done = new AbortController()
    const work = [1, 2, 3].map(async (writer) => {
      for (let version = 0; version < 30; version++) {
        const holds = [hold('f', `content ${version} of ${writer}`), hold('g', `content ${version % 3}`)]
        const releases = [hold('f', `content ${version - 1} of ${writer}`)]
        const entity = session(`s-${writer}`)
        committed((await storage.commit([unitOf(entity, version, { holds, releases })]))[0])
        if (version % 10 === writer) await storage.sweep({ now })
      }
    })
    const looks = (async () => {
      while (!done.signal.aborted) assert.deepEqual((await storage.verify({ batch: 3 })).findings, [])
    })()
    await Promise.all(work)
    done.abort()
    await looks
    assert.equal((await storage.verify()).events, 90)
  },

  'the storage reads the bytes of a sample of blobs, another where it begins elsewhere': async ({
    storage,
  }) => {
    const holds = Array.from({ length: 60 }, (_, index) => hold(`f${index}`, `content ${index}`))
    await storage.commit([unitOf(session('s-1'), 0, { holds })])
    let read = 0
    for (const sampleFrom of [0, 0.25, 0.5, 0.75]) {
      const { blobs, blobsRead } = await storage.verify({ sample: 0.25, sampleFrom })
      assert.equal(blobs, 60)
      assert.ok(blobsRead > 0 && blobsRead < 60, `${blobsRead} of 60 blobs were read`)
      read += blobsRead
    }
    assert.equal(read, 60)
  },

  'the storage tells how far it has come, part by part': async ({ storage }) => {
    await fill(storage)
    const checked = new Map<VerifyPart, number>()
    await storage.verify({ batch: 2, onProgress: (progress) => checked.set(progress.part, progress.checked) })
    assert.deepEqual([...checked.keys()], parts)
    assert.equal(checked.get('events'), 7)
  },

  'the storage ends early once the signal fires, and says so': async ({ storage }) => {
    await fill(storage)
    const controller = new AbortController()
    const report = await storage.verify({
      batch: 1,
      signal: controller.signal,
      onProgress: ({ part }) => {
        if (part === 'events') controller.abort()
      },
    })
    assert.deepEqual([report.isComplete, report.heads, report.blobs], [false, 3, 0])
    assert.deepEqual(await storage.verify({ signal: AbortSignal.abort() }), {
      ...nothing,
      positions: 7n,
      isComplete: false,
    })
  },

  'the storage refuses to look at a part of a blob, or at more than all of them': async ({ storage }) => {
    for (const options of [
      { sample: 0 },
      { sample: 1.1 },
      { sample: Number.NaN },
      { sampleFrom: 1 },
      { batch: 0 },
    ])
      await rejectsWith(storage.verify(options), 'storage_misconfigured', JSON.stringify(options))
  },
})

const whenDamaged: readonly ContractCase[] = contractGroup(
  'verify',
  {
    'the storage finds damaged contents, each with tenant and hash, and keeps as many as it was asked to':
      async (subject) => {
        const { storage } = subject
        await fill(storage)
        const [first, second] = [hold('f', 'small'), hold('g', 'large '.repeat(1_000))]
        assert.ok(subject.tamper, 'adopted with tamper')
        await subject.tamper.corruptBlob('tenant-a', first.hash)
        await subject.tamper.corruptBlob('tenant-a', second.hash)
        const { findings, findingCount } = await storage.verify({ batch: 2 })
        const places = findings.map((finding) =>
          finding.kind === 'corrupt_blob' ? `${finding.tenant} ${finding.hash}` : finding.kind,
        )
        const damaged = [first, second].map(({ hash }) => `tenant-a ${hash}`)
        assert.deepEqual(new Set(places), new Set(damaged))
        assert.equal(findingCount, 2)
        const few = await storage.verify({ maxFindings: 1 })
        assert.deepEqual([few.findings.length, few.findingCount], [1, 2])
      },
  },
  'tamper',
)

export const verifyCases: readonly ContractCase[] = [...always, ...whenDamaged]
