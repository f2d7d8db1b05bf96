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

/** The rest of a statement on the sessions of everybody else. */
export const others = `from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`

/** Ends everybody else's sessions. */
export async function terminateOthers(database: TestDatabase): Promise<void> {
  await database.query(`select pg_terminate_backend(pid) ${others}`)
}

/** Waits until nobody else is connected: a server may still be at work for a process that is gone. */
export async function untilAlone(database: TestDatabase): Promise<void> {
  while ((await database.query(`select pid ${others}`)).length > 0) await sleep(20)
}

/** Asks again while the server recovers. */
export async function queryWhenUp<Row extends object>(database: TestDatabase, text: string): Promise<Row[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.query<Row>(text)
    } catch (error) {
      if (attempt === 200) throw error
      await sleep(50)
    }
  }
}
