// Opens PostgreSQL: a pool of connections that the rest of the package reaches through Kysely.
import type { Logger } from '@perdure/core'
import { Kysely } from 'kysely'
import { Pool } from 'pg'
import type { ClientConfig } from 'pg'
import { decoderOf } from './column-codecs.ts'
import { tryAdvisoryLock } from './advisory-lock.ts'
import type { Engine } from './engine.ts'
import { connectError, pgDialect } from './pg-dialect.ts'
import { openPgNotices } from './pg-notices.ts'

/** How many connections, and for how long. */
export interface PoolOptions {
  /** At most this many at once; one more while somebody watches the log, and one while a sweep or a prune is under way. @defaultValue 10 */
  readonly max?: number
  /** How long to wait for a connection, free or new. @defaultValue 10_000 */
  readonly connectTimeoutMs?: number
  /** A connection that idles for longer is closed. @defaultValue 30_000 */
  readonly idleTimeoutMs?: number
  /**
   * How long a statement may take. The server ends it then, with nothing done. A server from which nothing is heard for a
   * while longer (as long again, at most 5 s) is no longer there: its connection is given up, those that were open beside it
   * are not used again, and the outcome of a commit is unknown. 0 is without limit. @defaultValue 60_000
   */
  readonly statementTimeoutMs?: number
  /**
   * How long the server lets a transaction wait for its next statement. A host that stalls or vanishes in the middle of a
   * commit holds up every other host for no longer than this, nor in the middle of a sweep every other sweep; 0 is without
   * limit. @defaultValue 15_000
   */
  readonly transactionIdleTimeoutMs?: number
}

/** Opens a pool; connections are made when they are needed, so nothing is checked yet. */
export function openPgPool(url: string, options: PoolOptions, logger: Logger): Engine {
  const { statementTimeoutMs = 60_000, transactionIdleTimeoutMs = 15_000 } = options
  const connection: ClientConfig = {
    connectionString: url,
    application_name: new URL(url).searchParams.get('application_name') ?? 'perdure',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    query_timeout: statementTimeoutMs + Math.min(statementTimeoutMs, 5_000),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: (oid: number) => decoderOf(oid) },
  }
  const pool = new Pool({
    ...connection,
    max: options.max ?? 10,
    idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
  })
  // Without a listener a connection that breaks while it idles would end the process.
  pool.on('error', (error) => {
    logger.warn(
      { code: 'code' in error ? error.code : undefined },
      'an idle database connection broke; it is replaced',
    )
  })
  // The pool stops listening when it hands a new connection out, and whoever asked for it listens a moment later. A server that
  // goes down in that moment would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const server = serverOf(url)
  const dialect = pgDialect(pool, {
    server,
    statementTimeoutMs,
    transactionIdleTimeoutMs,
  })
  return {
    database: new Kysely<unknown>({ dialect }),
    capabilities: { durable: true, survivesPowerLoss: true, shared: true },
    openNotices: (channel, onNotice) => openPgNotices(connection, channel, onNotice),
    tryLock: (name) =>
      tryAdvisoryLock(connection, name, transactionIdleTimeoutMs).catch((error: unknown) => {
        throw connectError(error, server)
      }),
    close: () => pool.end(),
  }
}

/** `host:port` of a URL: what may be shown, without user and password. */
function serverOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : decodeURIComponent(hostname))
  return `${host}:${port === '' ? (searchParams.get('port') ?? '5432') : port}`
}
