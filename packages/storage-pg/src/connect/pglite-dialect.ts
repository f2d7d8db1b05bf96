// Kysely's dialect for PGlite: one connection, leased to one user at a time in order of asking. A transaction is BEGIN and
// COMMIT over a lease; PGlite's own `transaction` would deadlock with a query beside it.
import type { PGlite, Results } from '@electric-sql/pglite'
import { StorageError } from '@perdure/core'
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { encodeParameter } from './column-codecs.ts'
import { rolledBack } from './pg-dialect.ts'
import { sqlStateOf, translateCommitError } from './sqlstate.ts'

/** The instance is closed by whoever opened it, not by Kysely. */
export function pgliteDialect(pglite: PGlite): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PgliteDriver(pglite),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class PgliteDriver implements Driver {
  readonly #connection: PgliteConnection
  /** Settles when the newest lease has ended; whoever asks next waits for it. */
  #lastLease: Promise<void> = Promise.resolve()
  #endLease: () => void = () => {}

  constructor(pglite: PGlite) {
    this.#connection = new PgliteConnection(pglite)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PgliteConnection> {
    const previous = this.#lastLease
    let end = (): void => {}
    this.#lastLease = new Promise((resolve) => {
      end = resolve
    })
    await previous
    this.#endLease = end
    return this.#connection
  }

  async beginTransaction(connection: PgliteConnection): Promise<void> {
    await connection.run('begin')
  }

  async commitTransaction(connection: PgliteConnection): Promise<void> {
    const tag = await connection.run('commit').catch((error: unknown) => {
      throw translateCommitError(error)
    })
    if (tag !== 'COMMIT') throw rolledBack(tag)
  }

  /** Never throws: what made it necessary is the error worth reporting. */
  async rollbackTransaction(connection: PgliteConnection): Promise<void> {
    await connection.run('rollback').catch(() => {})
  }

  async releaseConnection(): Promise<void> {
    this.#endLease()
  }

  async destroy(): Promise<void> {}
}

class PgliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite
  #crash: unknown

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#send<Row>(query.sql, query.parameters.map(encodeParameter))
    return {
      rows: result.rows,
      ...(result.affectedRows === undefined ? {} : { numAffectedRows: BigInt(result.affectedRows) }),
    }
  }

  // oxlint-disable-next-line require-yield -- the port wants it; nothing here streams
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streaming is not used')
  }

  /** Runs a statement without parameters. @returns its command tag */
  async run(text: string): Promise<string> {
    return (await this.#send(text, [])).command ?? ''
  }

  async #send<Row>(text: string, values: unknown[]): Promise<Results<Row>> {
    if (this.#crash !== undefined) throw crashed(this.#crash)
    try {
      return await this.#pglite.query<Row>(text, values)
    } catch (error) {
      if (sqlStateOf(error) !== undefined) throw error
      // Not an answer of Postgres: the engine itself fell over, and a next call would hang or work on ruins.
      this.#crash = error
      throw crashed(error)
    }
  }
}

function crashed(cause: unknown): StorageError {
  return new StorageError(
    'storage_failed',
    'the embedded database engine crashed; close this storage and open it again, what was committed is kept',
    { cause },
  )
}
