// What every script starts from: nothing but Node and npm. Installs what the workspace needs, shows each step as it goes.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Stops with a sentence when Node is older than the project's floor. */
export async function requireNode() {
  const { engines } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'))
  const [major, minor] = engines.node.replace('>=', '').split('.').map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  console.error(
    `Perdure needs Node ${engines.node}; this is ${process.versions.node}. See https://nodejs.org`,
  )
  process.exit(1)
}

/** Runs pnpm in the version that package.json names, through npx, so that it need not be installed. */
export async function pnpm(...args) {
  const { packageManager } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'))
  return run('npx', ['--yes', packageManager, ...args])
}

/**
 * Runs a command in the repository's folder. Its output is kept and shown only if it fails, unless `live` is set.
 * @returns exit code and output
 */
export function run(command, args, { live = false, env = {} } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_config_update_notifier: 'false', ...env },
      shell: process.platform === 'win32',
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', fail)
    child.on('close', (code) => done({ code: code ?? 1, output }))
  })
}

/** Runs a step with its name and time on one line; prints what it said if it failed. @returns whether it succeeded */
export async function step(name, work) {
  const startedAt = performance.now()
  if (process.stdout.isTTY) process.stdout.write(`… ${name}`)
  const { code, output } = await work()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  if (process.stdout.isTTY) process.stdout.write('\r')
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
  if (code !== 0 && output !== undefined) console.log(output.trimEnd())
  return code === 0
}

/** Installs dependencies as the lock file says. */
export function install() {
  return step('install', () => pnpm('install', '--frozen-lockfile', '--prefer-offline'))
}

/** Compiles the packages and prepares the PGlite data directory. */
export function build() {
  return step('build', async () => {
    const compiled = await run('node', ['node_modules/typescript/bin/tsc', '-b'])
    return compiled.code === 0 ? run('node', ['scripts/prepare-pglite.mjs']) : compiled
  })
}
