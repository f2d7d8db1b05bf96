// A real NATS server for tests: Debian's `nats-server`, or the one that PERDURE_TEST_NATS_SERVER names, on a free loopback port.
// Where there is none, the tests that need it are skipped, aloud.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from './server.ts'

const binary = process.env['PERDURE_TEST_NATS_SERVER'] ?? 'nats-server'

/** Undefined where the tests can run; else what to do about it. */
export const natsIsMissing: string | undefined =
  spawnSync(binary, ['--version']).status === 0
    ? undefined
    : `${binary} is not installed; on Debian and Ubuntu: apt-get install -y nats-server`

/** A running server. */
export interface NatsServer {
  readonly url: string
  /** SIGKILL. Resolves once it is dead. */
  kill(): Promise<void>
  /** Starts it again, on the port it had, unless it runs. */
  restart(): Promise<void>
  /** Stops the server and removes its directory; idempotent. */
  stop(): Promise<void>
}

/** Starts a server. @param config - further lines of its configuration */
export async function startNatsServer(config: string = ''): Promise<NatsServer> {
  const directory = await mkdtemp(join(tmpdir(), 'perdure-nats-'))
  const port = await findFreePort()
  const file = join(directory, 'nats.conf')
  await writeFile(file, `listen: "127.0.0.1:${port}"\n${config}\n`)
  let server = await start(file, port)
  return {
    url: `nats://127.0.0.1:${port}`,
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      if (hasEnded(server)) server = await start(file, port)
    },
    stop: async () => {
      await end(server, 'SIGTERM')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function start(file: string, port: number): Promise<ChildProcess> {
  const server = spawn(binary, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  server.stderr?.on('data', (chunk) => (log += chunk))
  for (let attempt = 0; attempt < 500; attempt++) {
    if (server.exitCode !== null) break
    if (await answers(port)) return server
    await sleep(20)
  }
  server.kill('SIGKILL')
  throw new Error(`nats-server did not start:\n${log}`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isUp: boolean) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
  })
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(server)) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill(signal)
  await ended
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
