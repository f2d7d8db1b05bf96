// Opens PGlite: PostgreSQL inside this process, in memory or in a directory of its own.
//
// A directory survives the death of the process at any moment, first start included, but not a power cut: PGlite runs
// without fsync, so what the operating system had not written yet is gone. It belongs to one opener at a time.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { PGliteOptions } from '@electric-sql/pglite'
import { StorageError } from '@perdure/core'
import { Kysely } from 'kysely'
import type { Engine } from './engine.ts'
import { acquireOwnerLock } from './owner-lock.ts'
import { pgliteDialect } from './pglite-dialect.ts'
import { readPreparedImage, unpackTar } from './prepared-image.ts'
import { sessionSettings } from './session-settings.ts'
import { translateError } from './sqlstate.ts'

/** Opens a database that lives and dies with this process. */
export async function openPgliteInMemory(): Promise<Engine> {
  const image = await readPreparedImage()
  const pglite = await startPglite(
    image === undefined ? {} : { loadDataDir: new Blob([new Uint8Array(image)]) },
  )
  return engineOf(pglite, false, () => pglite.close())
}

/**
 * Opens a directory: `owner.lock` and `data` inside it. A database is created when there is none and `mayCreate`.
 *
 * @throws StorageError `storage_in_use` while another opener holds it; `schema_missing` when there is nothing to open
 */
export async function openPgliteDirectory(directory: string, mayCreate: boolean): Promise<Engine> {
  // Before the lock, whose file would already be something made.
  if (!mayCreate && !(await exists(join(directory, 'data', 'PG_VERSION')))) {
    throw new StorageError(
      'schema_missing',
      `there is no storage in ${directory}: check the path, or open it with migrations allowed to create one`,
      { details: { directory } },
    )
  }
  const lock = await acquireOwnerLock(directory).catch((error: unknown) => {
    throw translateError(error, `taking the PGlite directory ${directory}`)
  })
  try {
    const dataDir = join(directory, 'data')
    await createDataDirectory(dataDir)
    const pglite = await startPglite({ dataDir })
    return engineOf(pglite, true, async () => {
      try {
        await pglite.close()
      } finally {
        await lock.release()
      }
    })
  } catch (error) {
    await lock.release()
    throw translateError(error, `opening the PGlite directory ${directory}`)
  }
}

function engineOf(pglite: PGlite, durable: boolean, close: () => Promise<void>): Engine {
  return {
    database: new Kysely<unknown>({ dialect: pgliteDialect(pglite) }),
    capabilities: { durable, survivesPowerLoss: false, shared: false },
    tryLock: localLocks(),
    close,
  }
}

/** Locks among those who share the instance: nobody else has it, and to PostgreSQL they are all one session. */
function localLocks(): Engine['tryLock'] {
  const held = new Set<string>()
  return async (name) => {
    if (held.has(name)) return undefined
    held.add(name)
    return async () => void held.delete(name)
  }
}

/** Starts PGlite with the settings of every session; values cross in our own codecs, see PgliteConnection. */
export async function startPglite(options: PGliteOptions): Promise<PGlite> {
  const pglite = await PGlite.create(options)
  await pglite.exec(sessionSettings)
  return pglite
}

/**
 * Makes `dataDir` hold a database, all or nothing: it is filled under another name and renamed when it is whole. The
 * caller holds the owner lock, so whatever an earlier opener left half done can be removed.
 */
async function createDataDirectory(dataDir: string): Promise<void> {
  const unfinished = `${dataDir}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  if (await holdsDatabase(dataDir)) return
  const image = await readPreparedImage()
  if (image === undefined) {
    await mkdir(unfinished, { recursive: true })
    const pglite = await PGlite.create({ dataDir: unfinished })
    await pglite.close()
  } else {
    await unpackTar(image, unfinished)
  }
  await rename(unfinished, dataDir)
}

async function holdsDatabase(dataDir: string): Promise<boolean> {
  if (await exists(join(dataDir, 'PG_VERSION'))) return true
  if (!(await exists(dataDir)) || (await readdir(dataDir)).length === 0) return false
  throw new StorageError(
    'storage_failed',
    `${dataDir} holds files but no database (PG_VERSION is missing); it was left as it is: restore it, or move it away`,
    { details: { directory: dataDir } },
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}
