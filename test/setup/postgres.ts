// Vitest's global setup of the database tests: one server a run, whose URL every test file can inject.
import type { TestProject } from 'vitest/node'
import { startServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the run's server; tests take a database of their own with `createTestDatabase`. */
    postgresUrl: string
  }
}

/**
 * Starts the server, hands out its URL and gives Vitest the way to stop it. With `PERDURE_TEST_POSTGRES_URL` (a superuser's)
 * the tests run on that server instead, of whatever version it is.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['PERDURE_TEST_POSTGRES_URL']
  if (given !== undefined) {
    project.provide('postgresUrl', given)
    return undefined
  }
  const server = await startServer()
  project.provide('postgresUrl', server.url)
  return () => server.stop()
}
