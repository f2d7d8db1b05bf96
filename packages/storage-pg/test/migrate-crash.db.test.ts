// A host that dies while it migrates, at any point, leaves a schema that the next opener takes on from, to the same end.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@perdure/core'
import type { Probe } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteDirectory } from '../src/connect/pglite.ts'
import { migrationPoints } from '../src/schema/migrate.ts'
import { migrations, schemaVersion } from '../src/schema/migration-list.ts'
import { startChild } from './child.ts'
import { describeSchema } from './describe-schema.ts'
import { counter, kindsOf, unitOf } from './make.ts'

let database: TestDatabase
let engine: Engine
/** What every schema must come to. */
let whole: readonly string[]

beforeAll(async () => {
  database = await createTestDatabase()
  engine = openPgPool(database.url, {}, silentLogger)
  await (await openStorage(database.url, { schema: 'whole' })).close()
  whole = await describeSchema(engine.database, 'whole')
})

afterAll(async () => {
  await engine.close()
  await database.drop()
})

function freshSchema(): string {
  return `s_${randomUUID().replaceAll('-', '')}`
}

/** Opens the schema, uses it, and compares it with one that was made in peace. */
async function expectWhole(schema: string): Promise<void> {
  const storage = await openStorage(database.url, { schema })
  expect(await describeSchema(engine.database, schema)).toEqual(whole)
  expect(kindsOf(await storage.commit([unitOf(counter('c-1'), 0)]))).toEqual(['committed'])
  await storage.close()
}

describe('a migration that ends between two steps', () => {
  it('leaves nothing of itself and is begun again, whichever point it is: the connection is lost', async () => {
    const points: string[] = []
    await (
      await openStorage(database.url, { schema: freshSchema(), probe: (point) => void points.push(point) })
    ).close()
    expect(points.filter((point) => point === migrationPoints.applied)).toHaveLength(migrations.length)
    for (const chosen of points.keys()) {
      const schema = freshSchema()
      let visited = 0
      const probe: Probe = async () => {
        if (visited++ !== chosen) return
        await database.query(
          `select pg_terminate_backend(pid, 5000) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and application_name = $1`,
          [schema],
        )
      }
      const url = new URL(database.url)
      url.searchParams.set('application_name', schema)
      const opened = await openStorage(url.href, { schema, probe }).then(
        (storage) => storage.close().then(() => 'opened'),
        (error: { code?: string }) => error.code,
      )
      expect(opened, points[chosen]).toBe(outcomeAt(points[chosen]))
      await expectWhole(schema)
    }
  })

  /** Between transactions the pool replaces a connection that broke; COMMIT is what a lost one leaves in doubt. */
  function outcomeAt(point: string | undefined): string {
    if (point === migrationPoints.applied) return 'opened'
    return point === migrationPoints.recorded ? 'outcome_unknown' : 'storage_unavailable'
  }

  const places = [1, schemaVersion].flatMap((version) =>
    Object.values(migrationPoints).map((point) => ({ version, point })),
  )

  it.each(places)('is taken up after kill -9 at $point of version $version', async ({ version, point }) => {
    const schema = freshSchema()
    const child = startChild('migrate-and-wait.ts', database.url, schema, point, String(version))
    expect(await child.report(() => true)).toEqual({ kind: 'reached' })
    await child.kill()
    await expectWhole(schema)
  })

  it('is taken up on PGlite after kill -9', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'perdure-migrate-'))
    try {
      for (const point of [migrationPoints.step, migrationPoints.applied]) {
        const child = startChild('migrate-and-wait.ts', `pglite://${directory}`, 'mine', point, '1')
        expect(await child.report(() => true)).toEqual({ kind: 'reached' })
        await child.kill()
      }
      const storage = await openStorage(`pglite://${directory}`, { schema: 'mine' })
      await storage.close()
      const pglite = await openPgliteDirectory(directory, false)
      expect(await describeSchema(pglite.database, 'mine')).toEqual(whole)
      await pglite.close()
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
