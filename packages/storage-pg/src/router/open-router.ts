// Where a router begins: on the database that its hosts share, in a schema that their storage has made.
import { RouterError, silentLogger, systemClock, systemRandom } from '@perdure/core'
import type { Clock, Logger, Random, Router } from '@perdure/core'
import { sql } from 'kysely'
import type { Engine } from '../connect/engine.ts'
import { openPgPool } from '../connect/pg-pool.ts'
import type { PoolOptions } from '../connect/pg-pool.ts'
import { translateError } from '../connect/sqlstate.ts'
import { parseStorageUrl } from '../connect/storage-url.ts'
import { checkSchemaName, defaultSchema, requireSchema } from '../schema/migrate.ts'
import { tablesOf } from '../schema/tables.ts'
import { PgRouter } from './pg-router.ts'
import { routerChannel, routerStatements } from './router-statements.ts'

/** How to open a router; everything has a default. */
export interface RouterOptions {
  /** The schema of the storage that its hosts share. @defaultValue `perdure` */
  readonly schema?: string
  /** Connections of its own, beside one that listens. @defaultValue 4 at most */
  readonly pool?: PoolOptions
  /** The largest body, in UTF-8 bytes. @defaultValue 32 MiB */
  readonly maxBodyBytes?: number
  /** Requests that wait for an answer at once. @defaultValue 10_000 */
  readonly maxWaiting?: number
  /** How often it looks for what a lost notice would have told, milliseconds. @defaultValue 1_000 */
  readonly pollIntervalMs?: number
  readonly clock?: Clock
  /** Spreads out tries to connect again. */
  readonly random?: Random
  readonly logger?: Logger
}

/**
 * Opens a router through which hosts on one PostgreSQL database hand each other commands, with nothing but that database: give
 * it to `createHost`. The storage must have been opened first. Needs sessions of its own: not through a pooler that shares them.
 *
 * @throws RouterError `router_misconfigured` for a database of one process (PGlite), or one without the schema;
 *   `router_unavailable`
 */
export async function openRouter(url: string, options: RouterOptions = {}): Promise<Router> {
  const { schema = defaultSchema, pool = {}, logger = silentLogger } = options
  const { clock = systemClock, random = systemRandom } = options
  const { maxBodyBytes = 32 * 1024 * 1024, maxWaiting = 10_000, pollIntervalMs = 1_000 } = options
  const engine = openPgPool(checkUrl(url, schema), { max: 4, ...pool }, logger)
  try {
    const tables = tablesOf(schema)
    const { database } = engine
    const id = await prepare(engine, schema)
    const statements = routerStatements(database, tables)
    const channel = routerChannel(schema, id)
    const ports = { clock, random, logger }
    const bounds = { maxBodyBytes, maxWaiting, pollIntervalMs }
    const router = new PgRouter({ engine, statements, channel, ...ports, ...bounds })
    await router.start()
    return router
  } catch (error) {
    await engine.close().catch(() => {})
    throw error
  }
}

function checkUrl(url: string, schema: string): string {
  try {
    checkSchemaName(schema)
    const target = parseStorageUrl(url)
    if (target.kind === 'postgres') return target.url
  } catch (error) {
    const { message } = translateError(error, 'opening a router')
    throw new RouterError('router_misconfigured', message, { cause: error })
  }
  throw new RouterError(
    'router_misconfigured',
    'PGlite belongs to one process, so there are no other hosts to reach; open the router on PostgreSQL, or use a MemoryNetwork for hosts of one process',
  )
}

/** Looks whether the schema is there. @returns an id that no other router has */
async function prepare({ database }: Engine, schema: string): Promise<string> {
  try {
    await requireSchema(database, tablesOf(schema))
    const { rows } = await sql<{ id: string }>`select gen_random_uuid()::text as id`.execute(database)
    return rows[0]?.id ?? ''
  } catch (error) {
    const { code, message } = translateError(error, 'opening a router')
    const isMissing = code === 'schema_missing' || code === 'schema_outdated' || code === 'schema_too_new'
    const advice = isMissing ? '; open the storage first' : ''
    throw new RouterError(isMissing ? 'router_misconfigured' : 'router_unavailable', `${message}${advice}`, {
      cause: error,
    })
  }
}
