// Opens PostgreSQL: a pool of connections that the rest of the package reaches through Kysely.
import type { Logger } from '@perdure/core'
import { Kysely } from 'kysely'
import { Pool } from 'pg'
import { decoderOf } from './column-codecs.ts'
import type { Engine } from './engine.ts'
import { pgDialect } from './pg-dialect.ts'

/** How many connections, and for how long. */
export interface PoolOptions {
  /** At most this many at once. @defaultValue 10 */
  readonly max?: number
  /** How long to wait for a connection, free or new. @defaultValue 10_000 */
  readonly connectTimeoutMs?: number
  /** A connection that idles for longer is closed. @defaultValue 30_000 */
  readonly idleTimeoutMs?: number
}

/** Opens a pool; connections are made when they are needed, so nothing is checked yet. */
export function openPgPool(url: string, options: PoolOptions, logger: Logger): Engine {
  const pool = new Pool({
    connectionString: url,
    application_name: new URL(url).searchParams.get('application_name') ?? 'perdure',
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
    keepAlive: true,
    types: { getTypeParser: (oid: number) => decoderOf(oid) },
  })
  // Without a listener a connection that breaks while it idles would end the process.
  pool.on('error', (error) => {
    logger.warn(
      { code: 'code' in error ? error.code : undefined },
      'an idle database connection broke; it is replaced',
    )
  })
  return {
    database: new Kysely<unknown>({ dialect: pgDialect(pool, serverOf(url)) }),
    capabilities: { durable: true, survivesPowerLoss: true, shared: true },
    close: () => pool.end(),
  }
}

/** `host:port` of a URL: what may be shown, without user and password. */
function serverOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : decodeURIComponent(hostname))
  return `${host}:${port === '' ? (searchParams.get('port') ?? '5432') : port}`
}
