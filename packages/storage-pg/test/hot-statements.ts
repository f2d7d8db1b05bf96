// The statements of the hot paths, as a storage at work sends them: found by looking, so that none can be forgotten.
import type { Storage } from '@perdure/core'
import { sessionKeepalive, sessionSettings } from '../src/connect/session-settings.ts'
import { blobOf, counter, unitOf } from './make.ts'
import { taping } from './tape.ts'
import type { TapedQuery } from './tape.ts'

const now = 2_000_000_000_000

/** Commits of every kind, loads, reads, snapshots, claims, the log, a sweep and a prune. */
async function work(storage: Storage): Promise<void> {
  const [one, other] = [counter('one'), counter('other')]
  const [kept, gone] = [blobOf('kept'), blobOf('gone')]
  const claims = [
    { field: 'kept', hash: kept.hash },
    { field: 'gone', hash: gone.hash, expiresAt: now },
  ]
  const snapshot = { sequence: 1, specHash: 'spec', bytes: Buffer.from('snapshot') }
  await storage.commit([unitOf(one, 0, { blobs: [kept, gone], claims, snapshot }), unitOf(other, 0)])
  await storage.commit([unitOf(other, 1)])
  await storage.commit([unitOf(other, 1, { writer: 'late' })])
  await storage.commit([unitOf(one, 1, { releases: claims.slice(1) })])
  await storage.commit([unitOf(one, 2, { blobs: [gone], claims })])
  await storage.load(one, { specHash: 'spec' })
  await storage.readPage(one, { fromSequence: 1, toSequence: 3 })
  await storage.readEvents(one)
  await storage.findByIdempotencyKey(one, 'key')
  await storage.readHeads([one, other])
  await storage.readBlob('default', kept.hash)
  await storage.findMissingClaims(one, claims)
  await storage.restoreClaims(one, 3, claims, [kept, gone])
  await storage.alignClaims(one, 3, [{ field: 'kept', hash: kept.hash, expiresAt: now * 2 }])
  await storage.saveSnapshot(one, { ...snapshot, sequence: 3 })
  await storage.commit([unitOf(one, 3, { snapshot: { ...snapshot, sequence: 2 } })])
  for (const page of [{}, { afterId: 'one' }, { status: 'Active' }, { status: 'Active', afterId: 'one' }])
    await storage.listEntities({ tenant: 'default', type: 'Counter', limit: 10, ...page })
  await storage.readLog({ after: 0n, limit: 10 })
  await storage.sweep({ now: now * 3, graceMs: 0 })
}

/** What the server is asked on the hot paths, each statement once; without what a session or a transaction is begun with. */
export function hotStatements(storage: Storage): Promise<readonly string[]> {
  return statementsOf(() => work(storage))
}

/** What the server is asked during some work, each statement once; without what begins and ends sessions and transactions. */
export async function statementsOf(work: () => Promise<void>): Promise<readonly string[]> {
  const tape: TapedQuery[] = []
  await taping(tape, work)
  const texts = new Set(tape.map(({ text }) => text.trim()))
  return [...texts].filter(
    (text) =>
      ![sessionSettings.trim(), sessionKeepalive.trim()].includes(text) &&
      !/^(?:begin|commit|rollback|set|listen) ?\b/i.test(text),
  )
}
