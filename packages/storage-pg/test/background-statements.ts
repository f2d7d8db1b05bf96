// The statements of the background, as they are sent: retention, verification, erasure, consumers, leases, an import, statistics
// and what a listener says. Found by looking, as those of the hot paths.
import type { Storage } from '@perdure/core'
import { importBodies } from '@perdure/storage-pg'
import { Client } from 'pg'
import { statementsOf } from './hot-statements.ts'
import { importType } from '../src/import/import-entity.ts'
import { blobOf, counter, unitOf } from './make.ts'

const now = 2_000_000_000_000

/** What the server is asked in the background, each statement once. */
export async function backgroundStatements(storage: Storage, url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('create table public.bodies (id text primary key, body bytea)')
  await client.query(`insert into public.bodies values ('one', 'body'), ('two', 'other')`)
  await client.end()
  return statementsOf(async () => {
    await retention(storage)
    await consumers(storage)
    await importBodies(url, { table: 'bodies', idColumn: 'id', bodyColumn: 'body', batch: 1 })
    for (const batch of [1, 500]) await storage.verify({ batch, sample: 1 })
    await erasures(storage)
    await storage.stats()
    await storage.listAcrossTenants({ type: 'Counter', limit: 10 })
    await storage.listAcrossTenants({
      type: 'Counter',
      statuses: ['Active'],
      after: { tenant: 'default', id: 'a' },
      limit: 10,
    })
    const lease = await storage.acquireLease({ host: 'one', leaseMs: 1_000 })
    await storage.renewLease(lease.lease)
    await storage.releaseLease(lease.lease, lease.beat)
    await storage.releaseLease(lease.lease)
  })
}

async function retention(storage: Storage): Promise<void> {
  const [kept, aged, expired] = [
    blobOf('background kept'),
    blobOf('background aged'),
    blobOf('background expired'),
  ]
  await storage.commit([
    unitOf(counter('pruned'), 0, {
      blobs: [kept, aged, expired],
      claims: [
        { field: 'kept', hash: kept.hash },
        { field: 'aged', hash: aged.hash, expiresAt: now * 3 },
        { field: 'expired', hash: expired.hash, expiresAt: now },
      ],
    }),
    ...['deleted-1', 'deleted-2'].map((id) =>
      unitOf(counter(id), 0, {
        blobs: [kept],
        claims: [{ field: 'kept', hash: kept.hash }],
        deletedAt: now,
      }),
    ),
  ])
  await storage.prune({ now, maxAgeMs: 1, maxStoredBytes: 1, dryRun: true })
  await storage.prune({ now, graceMs: 0, batch: 1, maxStoredBytes: 1 })
  await storage.prune({ now: now * 2, graceMs: 0, batch: 1, maxAgeMs: 1 })
}

async function consumers(storage: Storage): Promise<void> {
  const watch = await storage.watchLog()
  for (const [name, from] of [
    ['first', 'head'],
    ['second', 0n],
  ] as const) {
    const claim = { name, owner: 'one', from, now, leaseMs: 1_000 }
    const result = await storage.claimConsumer(claim)
    await storage.claimConsumer({ ...claim, owner: 'other' })
    if (result.kind !== 'claimed') throw new Error(`${name} was not claimed`)
    const { epoch } = result
    await storage.advanceConsumer({ name, epoch, position: 1n, now, leaseMs: 1_000 })
    await storage.advanceConsumer({ name, epoch, position: 1n, now, leaseMs: 1_000 }, async () => {})
    await storage.failConsumer({ name, epoch, attempts: 1, error: 'failed', nextAttemptAt: now * 2, now })
    await storage.resetConsumer(name, { to: 0n, now })
    await storage.resetConsumer(name, { now })
    await storage.releaseConsumer(name, epoch)
  }
  await storage.listConsumers()
  watch.close()
}

async function erasures(storage: Storage): Promise<void> {
  const blob = blobOf('background erased')
  const claims = [{ field: 'f', hash: blob.hash }]
  const snapshot = { sequence: 1, specHash: 'spec', bytes: Buffer.from('snapshot') }
  await storage.commit([unitOf(counter('erased'), 0, { blobs: [blob], claims, snapshot })])
  for (const _ of [1, 2]) await storage.erase(counter('erased'), { at: now, by: 'somebody' })
  const [imports] = await storage.listAcrossTenants({ type: importType, limit: 1 })
  if (imports !== undefined) await storage.erase(imports, { at: now })
}
