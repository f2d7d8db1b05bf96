// kill -9 of an import of bodies at every named point it comes by, each time into a schema of its own. What was imported until
// then is whole, another run comes to the same as one that was never killed, and the run after that does nothing.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { hashContent } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { importBodies, openStorage } from '@perdure/storage-pg'
import type { TestDatabase } from '../../setup/database.ts'
import { between } from '../campaign.ts'
import type { Campaign } from '../campaign.ts'
import { untilAlone, withDatabase } from '../databases.ts'
import type { ImportOrder } from '../import-worker.ts'
import { createBodies, expectedBodies, importOf, records } from '../legacy-bodies.ts'

const entry = fileURLToPath(new URL('../import-worker.ts', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** At every point in turn in the soak, at some in `npm test`. */
export const killImport: Campaign = {
  name: 'kill-import',
  about: 'kill -9 of an import of bodies, at every named point it comes by',
  short: 3,
  long: 60,
  run: ({ serverUrl, random, faults, isOver, say }) =>
    withDatabase(serverUrl, async (database) => {
      await createBodies(database)
      const points = await pointsOfImport(database)
      const begin = between(random, 0, points.length - 1)
      const step = Math.max(1, Math.floor(points.length / faults))
      const reached = new Set<number>()
      let kills = 0
      let next = startWorker()
      try {
        for (; kills < faults && !isOver(); kills++) {
          const worker = next
          next = startWorker()
          const visit = ((begin + kills * step) % points.length) + 1
          await killAndResume(database, worker, `killed_${kills}`, visit)
          reached.add(visit)
          if ((kills + 1) % 10 === 0) say(`${kills + 1} kills, the last at ${points[visit - 1]}`)
        }
      } finally {
        next.kill('SIGKILL')
      }
      const imported = kills * expectedBodies.size
      const notes = { 'points reached, of those of one run': `${reached.size} of ${points.length}` }
      return { tried: imported, acknowledged: imported, events: kills, faults: kills, notes }
    }),
}

/** The points that an import comes by, in their order. */
async function pointsOfImport(database: TestDatabase): Promise<readonly string[]> {
  const points: string[] = []
  const schema = 'never_killed'
  await openStorage(database.url, { schema }).then((storage) => storage.close())
  await importBodies(database.url, { ...importOf(schema), probe: (point) => void points.push(point) })
  return points
}

function startWorker(): ChildProcess {
  const flags = ['--import', 'tsx', '--conditions', '@perdure/source']
  const worker = spawn(process.execPath, [...flags, entry], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  worker.stdin?.on('error', () => {})
  return worker
}

async function killAndResume(
  database: TestDatabase,
  worker: ChildProcess,
  schema: string,
  visit: number,
): Promise<void> {
  const storage = await openStorage(database.url, { schema })
  const order: ImportOrder = { url: database.url, schema, visit }
  const exited = once(worker, 'exit')
  worker.stdin?.write(`${JSON.stringify(order)}\n`)
  const [, signal] = (await exited) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error(`the import was not killed at point ${visit}`)
  await storage.close()
  await untilAlone(database)
  const reopened = await openStorage(database.url, { schema })
  const before = await compareBodies(database, reopened, schema)
  const { imported } = await importBodies(database.url, importOf(schema))
  const after = await compareBodies(database, reopened, schema)
  if (after !== expectedBodies.size || before + imported !== after)
    throw new Error(`${before} bodies were imported at point ${visit}, ${imported} after it, ${after} in all`)
  const stats = await reopened.stats()
  const contents = new Set(expectedBodies.values()).size
  if (stats.blobs !== contents || stats.refs !== after || stats.events !== 1)
    throw new Error(`${contents} contents and ${after} records came to ${JSON.stringify(stats, asText)}`)
  const again = await importBodies(database.url, importOf(schema))
  if (again.imported !== 0 || again.empty !== 0 || again.expired !== 0)
    throw new Error(`the run after the last one did something: ${JSON.stringify(again)}`)
  await reopened.close()
}

/** How many bodies are there: each under its record, whole, counted with the cursor. @throws on anything else */
async function compareBodies(database: TestDatabase, storage: Storage, schema: string): Promise<number> {
  const rows = await database.query<{ record: string; hash: string }>(
    `select record, encode(hash, 'hex') as hash from ${schema}.imported_bodies`,
  )
  for (const { record, hash } of rows) {
    const bytes = await storage.readBlob('default', hash)
    const isRight =
      bytes !== undefined &&
      hashContent(bytes) === hash &&
      Buffer.from(bytes).toString() === expectedBodies.get(record)
    if (!isRight) throw new Error(`the body of ${record} is not what it was`)
  }
  const [run] = await database.query<{ imported: number; done: number }>(
    `select imported::int, (imported + empty + expired)::int as done from ${schema}.body_imports`,
  )
  if ((run?.imported ?? 0) !== rows.length || (run?.done ?? 0) > records)
    throw new Error(`${rows.length} bodies are there, and the cursor counts ${JSON.stringify(run)}`)
  const { findings } = await storage.verify()
  if (findings.length > 0) throw new Error(`verify found ${JSON.stringify(findings, asText)}`)
  return rows.length
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
