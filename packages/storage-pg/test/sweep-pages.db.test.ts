// A sweep goes through what is stored page by page: no statement of it grows with what there is, so none meets a time limit.
import { openStorage } from '@perdure/storage-pg'
import { Client } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import { sessionSettings } from '../src/connect/session-settings.ts'
import { taping } from './tape.ts'
import type { TapedQuery } from './tape.ts'

/** A node of a plan that was run, as PostgreSQL tells of it. */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** Rows that each scan has looked at. */
function scannedBy(node: PlanNode): readonly number[] {
  const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
  const below = (node.Plans ?? []).flatMap(scannedBy)
  return node['Node Type'].includes('Scan') ? [own, ...below] : below
}

const [stored, page] = [25_000, 10_000]

it('a sweep looks through a page of blobs and of their references at a time, wherever it is, and marks what is in none', async () => {
  const database = await createTestDatabase()
  const storage = await openStorage(database.url)
  const client = new Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(async () => {
    await client.end()
    await storage.close()
    await database.drop()
  })
  const made = `(select n, 't-' || n % 3 as tenant, sha256(n::text::bytea) as hash from generate_series(1, ${stored}) as n) as made`
  await database.query(`insert into perdure.blobs (tenant, hash, size, stored_size, codec, body, created_at)
    select tenant, hash, 1, 1, 'identity', 'x', now() from ${made}`)
  await database.query(`insert into perdure.blob_refs (tenant, hash, stream, owner, referenced_at)
    select tenant, hash, gen_random_uuid(), 'f', now() from ${made} where n % 1000 > 0`)
  await database.query('analyze perdure.blobs, perdure.blob_refs')
  const tape: TapedQuery[] = []
  const result = await taping(tape, () => storage.sweep({ now: 1, graceMs: 10, batch: 4 }))
  expect(result).toMatchObject({ outcome: 'done', orphanedBlobs: stored / 1_000, deletedBlobs: 0 })

  await client.query(sessionSettings)
  for (const { text } of tape.filter(({ text }) => /enable_\w+join/.test(text)))
    await client.query(text.replaceAll(', true)', ', false)'))
  const looks = tape.filter(({ text }) => /^\s*select/.test(text) && text.includes('"blobs"'))
  const pages = looks.filter(
    ({ text }) => text.includes('orphaned_at" is null') || text.includes('orphaned_at is null'),
  )
  expect(pages).toHaveLength(Math.ceil(stored / page))
  for (const { text, values } of looks) {
    const { rows } = await client.query<Record<'QUERY PLAN', readonly { readonly Plan: PlanNode }[]>>(
      `explain (analyze, format json) ${text}`,
      [...values],
    )
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
    if (plan === undefined) throw new Error('there is no plan')
    for (const rowsScanned of scannedBy(plan)) expect(rowsScanned).toBeLessThanOrEqual(page)
  }
})
