// A database for a campaign, and how to look at it from outside.
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'

/** Runs with a database of its own; it is dropped when that went well, and left to look at otherwise. */
export async function withDatabase<Result>(
  serverUrl: string,
  run: (database: TestDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await createTestDatabase(serverUrl)
  const result = await run(database)
  await database.drop()
  return result
}

/** Waits until nobody else is connected: a server may still be at work for a process that is gone. */
export async function untilAlone(database: TestDatabase): Promise<void> {
  const others = `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
  while ((await database.query(others)).length > 0) await sleep(20)
}
