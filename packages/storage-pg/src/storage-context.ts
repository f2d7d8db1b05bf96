// What every operation of one open storage shares.
import type { Clock, Logger, LogNews, Probe, Random } from '@perdure/core'
import type { AppendRow } from './commit/append-statement.ts'
import { appendStatement } from './commit/append-statement.ts'
import { appendOneStatement } from './commit/append-one-statement.ts'
import type { CommitLimits } from './commit/prepared-unit.ts'
import type { LosersStatement } from './commit/resolve-losers.ts'
import { losersStatement } from './commit/resolve-losers.ts'
import type { CountSnapshotsStatement, SnapshotsStatement } from './commit/write-snapshots.ts'
import { countSnapshotsStatement, snapshotsStatement } from './commit/write-snapshots.ts'
import type { ContentStatements } from './blobs/content-statements.ts'
import { contentStatements } from './blobs/content-statements.ts'
import type { Database, Engine } from './connect/engine.ts'
import type { Statement } from './connect/statement.ts'
import type { LoadStatements } from './load/load-statements.ts'
import { loadStatements } from './load/load-statements.ts'
import type { Tables } from './schema/tables.ts'
import type { ReadLogStatement } from './subscribe/read-log.ts'
import { readLogStatement } from './subscribe/read-log.ts'

/** The database, its table names and statements, and the ports. */
export interface StorageContext {
  readonly database: Database
  readonly tryLock: Engine['tryLock']
  readonly tables: Tables
  readonly statements: Statements
  readonly limits: CommitLimits
  /** Whether the tables may lie on several servers. */
  readonly isDistributed: boolean
  /** Told of every commit. */
  readonly news: LogNews
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly probe: Probe
}

/** Every statement that runs often. */
export interface Statements {
  readonly append: Statement<readonly unknown[], AppendRow>
  readonly appendOne: Statement<readonly unknown[], AppendRow>
  readonly losers: LosersStatement
  readonly snapshots: SnapshotsStatement
  readonly countSnapshots: CountSnapshotsStatement
  readonly contents: ContentStatements
  readonly load: LoadStatements
  readonly readLog: ReadLogStatement
}

/** Compiles them for one storage. */
export function prepareStatements(database: Database, tables: Tables): Statements {
  return {
    append: appendStatement(database, tables),
    appendOne: appendOneStatement(database, tables),
    losers: losersStatement(database, tables),
    snapshots: snapshotsStatement(database, tables),
    countSnapshots: countSnapshotsStatement(database, tables),
    contents: contentStatements(database, tables),
    load: loadStatements(database, tables),
    readLog: readLogStatement(database, tables),
  }
}
