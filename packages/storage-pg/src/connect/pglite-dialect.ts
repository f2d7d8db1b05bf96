// Kysely's dialect for PGlite: one connection, leased to one user at a time in order of asking. A transaction is BEGIN and
// COMMIT over a lease; PGlite's own `transaction` would deadlock with a query beside it.
import type { PGlite } from '@electric-sql/pglite'
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Dialect, Driver } from 'kysely'
import { checkCommitTag } from './commit-tag.ts'
import { PgliteConnection } from './pglite-connection.ts'
import { translateCommitError } from './sqlstate.ts'

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
    checkCommitTag(tag)
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
