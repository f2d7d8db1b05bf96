// Where a storage begins: a URL is understood, a database opened, its schema brought up to date or only looked at.
import { defaultLimits, LogNews, noProbe, silentLogger, systemClock, systemRandom } from '@perdure/core'
import type { Clock, Logger, Probe, Random, Storage } from '@perdure/core'
import type { CommitLimits } from './commit/prepared-unit.ts'
import type { Engine } from './connect/engine.ts'
import { openPgPool } from './connect/pg-pool.ts'
import type { PoolOptions } from './connect/pg-pool.ts'
import { openPgliteDirectory, openPgliteInMemory } from './connect/pglite.ts'
import { translateError } from './connect/sqlstate.ts'
import { parseStorageUrl } from './connect/storage-url.ts'
import { PgStorage } from './pg-storage.ts'
import { checkServer, mayBeDistributed } from './schema/check-server.ts'
import { checkSchemaName, defaultSchema, migrate, requireSchema } from './schema/migrate.ts'
import { tablesOf } from './schema/tables.ts'
import { prepareStatements } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'
import { LogListener } from './subscribe/log-listener.ts'

/** How to open a storage; everything has a default. */
export interface StorageOptions {
  /** The PostgreSQL schema that holds the tables, created when it is missing. @defaultValue `perdure` */
  readonly schema?: string
  /**
   * Whether the schema may be created and brought up to date. With false nothing is made, no PGlite directory either: only a
   * schema that is there and of this package's version is opened. @defaultValue true
   */
  readonly migrate?: boolean
  /** Connections to PostgreSQL; PGlite has one. */
  readonly pool?: PoolOptions
  /** The largest event, in bytes of JSON. @defaultValue 16 MiB */
  readonly maxEventBytes?: number
  /** The largest unit of a commit, its blobs included. @defaultValue 256 MiB */
  readonly maxUnitBytes?: number
  readonly clock?: Clock
  /** Spreads out tries to connect again. */
  readonly random?: Random
  readonly logger?: Logger
  /**
   * Called at `storage.commit.begin` and `storage.commit.end`; with contents or snapshots also at `storage.commit.prepared`
   * (before the transaction), `.appended`, `.blobs`, `.refs` (each after that part is written) and `.written` (before COMMIT).
   * At `storage.restore.begin`, `.written` (before COMMIT) and `.end`; `storage.snapshot.begin` and `.end`;
   * `storage.sweep.expired`, `.locked` (orphans marked, and not yet looked at again), `.marked` and `.end`. In a projection at
   * `storage.consumer.written` (before the checkpoint) and `.moved` (before COMMIT).
   */
  readonly probe?: Probe
}

/**
 * Opens a storage and brings its schema up to date, unless `migrate` is false.
 *
 * - `postgres://user:password@host:port/database`: PostgreSQL 14 or later, shared by any number of processes.
 * - `pglite://./.perdure`, `pglite:///var/lib/app`: PGlite in a directory, owned by one opener at a time. Survives the death
 *   of the process, but not a power cut, for PGlite does not sync its files.
 * - `pglite://memory`: PGlite in memory; gone with the process.
 *
 * @throws StorageError `storage_misconfigured`, `storage_unavailable`, `storage_forbidden`, `storage_in_use`,
 *   `schema_too_new`; `schema_missing` and `schema_outdated` with `migrate: false`
 */
export async function openStorage(url: string, options: StorageOptions = {}): Promise<Storage> {
  checkSchemaName(options.schema ?? defaultSchema)
  const engine = await openEngine(url, options)
  try {
    return await openSchema(engine, options)
  } catch (error) {
    await engine.close().catch(() => {})
    throw error
  }
}

/** The same on a database that is open already; the storage closes it. */
export async function openSchema(engine: Engine, options: StorageOptions): Promise<Storage> {
  return new PgStorage({ engine, ...(await openContext(engine, options)) })
}

/** What every operation needs, on a schema that is there or has been made. */
export async function openContext(
  engine: Engine,
  options: StorageOptions,
): Promise<{ readonly context: StorageContext; readonly listener: LogListener }> {
  const { schema = defaultSchema, clock = systemClock, random = systemRandom } = options
  const { logger = silentLogger, probe = noProbe } = options
  const { database, tryLock } = engine
  const tables = tablesOf(schema)
  let isDistributed: boolean
  try {
    await checkServer(database)
    if (options.migrate === false) await requireSchema(database, tables)
    else await migrate(database, tables, probe)
    isDistributed = await mayBeDistributed(database)
  } catch (error) {
    throw translateError(error, `preparing schema "${schema}"`)
  }
  const statements = prepareStatements(database, tables)
  const news = new LogNews((isWatched) => listener.setWatched(isWatched))
  const listener = new LogListener(news, { engine, tables, clock, random, logger })
  const ports = { clock, random, logger, probe }
  const limits = limitsOf(options)
  const context = { database, tryLock, tables, statements, limits, isDistributed, news, ...ports }
  return { context, listener }
}

/** Opens the database that a URL names. @throws StorageError `storage_misconfigured`, `storage_in_use` */
export function openEngine(
  url: string,
  { pool = {}, logger = silentLogger, migrate: mayCreate = true }: StorageOptions,
): Promise<Engine> | Engine {
  const target = parseStorageUrl(url)
  switch (target.kind) {
    case 'postgres':
      return openPgPool(target.url, pool, logger)
    case 'pglite-memory':
      return openPgliteInMemory()
    case 'pglite-directory':
      return openPgliteDirectory(target.directory, mayCreate)
  }
}

function limitsOf({
  maxEventBytes = defaultLimits.maxEventBytes,
  maxUnitBytes = 256 * 1024 ** 2,
}: StorageOptions): CommitLimits {
  return { maxEventBytes, maxUnitBytes }
}
