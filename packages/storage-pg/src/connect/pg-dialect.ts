// Kysely's dialect for a pool of `pg` clients. Over Kysely's own it adds: named statements, the shared column codecs, an
// honest COMMIT (its tag is checked), and telling a lost connection from a refused statement.
import { StorageError } from '@perdure/core'
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import type { Pool, PoolClient, QueryConfig } from 'pg'
import { checkCommitTag } from './commit-tag.ts'
import { encodeParameter } from './column-codecs.ts'
import { sessionKeepalive, sessionLimits, sessionSettings } from './session-settings.ts'
import { ConnectionLost, sqlStateOf, translateCommitError, translateError } from './sqlstate.ts'
import { statementName } from './statement.ts'

/** What the dialect must know of its pool. */
export interface PgDialectOptions {
  /** `host:port`, for messages. */
  readonly server: string
  /** How long the server lets a statement run; 0 is without limit. */
  readonly statementTimeoutMs: number
  /** How long the server lets a transaction wait for its next statement. */
  readonly transactionIdleTimeoutMs: number
}

/** A dialect on a pool that is closed by whoever opened it. */
export function pgDialect(pool: Pool, options: PgDialectOptions): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PgDriver(pool, options),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class PgDriver implements Driver {
  readonly #pool: Pool
  readonly #options: PgDialectOptions
  readonly #connections = new WeakMap<PoolClient, PgConnection>()
  /**
   * Connections that were lost in use. Whatever silenced one has most likely met all that were open then, and each would take
   * a whole time limit to find out: they are replaced instead.
   */
  #losses = 0

  constructor(pool: Pool, options: PgDialectOptions) {
    this.#pool = pool
    this.#options = options
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PgConnection> {
    for (;;) {
      const client = await this.#pool.connect().catch((error: unknown) => {
        throw connectError(error, this.#options.server)
      })
      const known = this.#connections.get(client)
      if (known === undefined) return this.#prepare(client)
      if (known.madeAfter === this.#losses) return known
      known.discard()
      known.release()
    }
  }

  async #prepare(client: PoolClient): Promise<PgConnection> {
    const connection = new PgConnection(client, this.#losses, () => this.#losses++)
    try {
      await connection.run(sessionSettings)
      await connection.run(sessionKeepalive)
      await connection.run(sessionLimits(this.#options))
    } catch (error) {
      connection.discard()
      connection.release()
      throw connectError(error, this.#options.server)
    }
    this.#connections.set(client, connection)
    return connection
  }

  async beginTransaction(connection: PgConnection): Promise<void> {
    await connection.run('begin')
  }

  async commitTransaction(connection: PgConnection): Promise<void> {
    const tag = await connection.run('commit').catch((error: unknown) => {
      throw translateCommitError(error)
    })
    checkCommitTag(tag)
  }

  /** Never throws: what made it necessary is the error worth reporting, and a dead connection has rolled back. */
  async rollbackTransaction(connection: PgConnection): Promise<void> {
    if (connection.lost) return
    await connection.run('rollback').catch(() => connection.discard())
  }

  async releaseConnection(connection: PgConnection): Promise<void> {
    connection.release()
  }

  async destroy(): Promise<void> {}
}

class PgConnection implements DatabaseConnection {
  /** Losses of other connections before this one was made. */
  readonly madeAfter: number
  readonly #client: PoolClient
  readonly #onLoss: () => void
  #lost = false

  constructor(client: PoolClient, madeAfter: number, onLoss: () => void) {
    this.#client = client
    this.madeAfter = madeAfter
    this.#onLoss = onLoss
    client.on('error', () => this.discard())
    client.on('end', () => this.discard())
  }

  /** Whether it is not to be used again. */
  get lost(): boolean {
    return this.#lost
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const name = statementName(query)
    const result = await this.#send({
      ...(name === undefined ? {} : { name }),
      text: query.sql,
      values: query.parameters.map(encodeParameter),
    })
    return {
      rows: result.rows as Row[],
      ...(result.rowCount === null ? {} : { numAffectedRows: BigInt(result.rowCount) }),
    }
  }

  // oxlint-disable-next-line require-yield -- the port wants it; nothing here streams
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streaming is not used')
  }

  /** Runs a statement without parameters. @returns its command tag */
  async run(text: string): Promise<string> {
    return (await this.#send({ text })).command
  }

  /** Makes sure that it is not used again. */
  discard(): void {
    this.#lost = true
  }

  release(): void {
    this.#client.release(this.#lost)
  }

  async #send(query: QueryConfig): Promise<{ command: string; rowCount: number | null; rows: unknown[] }> {
    try {
      return await this.#client.query(query)
    } catch (error) {
      // A session may be read-only for as long as it lives, though its server takes writes again, or another one does.
      if (sqlStateOf(error) === '25006') this.discard()
      // An answer has a SQLSTATE. What has none is a connection that broke or fell silent, or a bug on this side.
      if (sqlStateOf(error) !== undefined || error instanceof TypeError || error instanceof RangeError)
        throw error
      this.discard()
      this.#onLoss()
      throw new ConnectionLost('the connection was lost', { cause: error })
    }
  }
}

/** An error of opening a connection, with the server's name. */
export function connectError(error: unknown, server: string): StorageError {
  const translated = translateError(error, `connecting to PostgreSQL at ${server}`)
  if (translated.code !== 'storage_failed' || sqlStateOf(error) !== undefined) return translated
  // What has neither SQLSTATE nor errno is the pool's time limit, or a server that hung up during the handshake.
  return new StorageError('storage_unavailable', `${translated.message} (is the server up and reachable?)`, {
    cause: error,
  })
}
