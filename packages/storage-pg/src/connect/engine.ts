// What the rest of the package knows of a database: a Kysely to speak through and a way to close it.
import type { StorageCapabilities } from '@perdure/core'
import type { Kysely } from 'kysely'

/**
 * The database behind a storage. No table types are given to Kysely: every statement states its own row, since each
 * table is named with the schema of the storage.
 */
export type Database = Kysely<unknown>

/** An open connection to PostgreSQL or an open PGlite. */
export interface Engine {
  readonly database: Database
  readonly capabilities: StorageCapabilities
  /**
   * Takes a lock of this name without waiting for it; whoever holds it, in whichever process, keeps others from it until
   * it is let go of or the holder dies. @returns how to let go of it; undefined while somebody else has it
   */
  readonly tryLock: (name: string) => Promise<(() => Promise<void>) | undefined>
  /**
   * Opens a connection that listens on a channel; absent where all commits are made by this process.
   * @param onNotice - called with the payload of each notice
   */
  readonly openNotices?: (channel: string, onNotice: (payload: string) => void) => Promise<NoticeConnection>
  close(): Promise<void>
}

/** A connection that listens. */
export interface NoticeConnection {
  /** Resolves when it is lost or closed. */
  readonly lost: Promise<void>
  /** Runs a statement without parameters. */
  run(statement: string): Promise<void>
  /** Never rejects. */
  close(): Promise<void>
}
