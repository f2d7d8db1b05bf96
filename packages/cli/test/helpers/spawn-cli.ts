import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

/** How `node` runs TypeScript sources of this repository. */
export const sourceFlags: readonly string[] = [
  '--conditions',
  '@perdure/source',
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
]

/** A process of the tool. */
export interface SpawnedCli {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** How it ended and all it wrote; of a stdout that was destroyed nothing. */
  readonly ended: Promise<{
    readonly exitCode: number | null
    readonly stdout: string
    readonly stderr: string
  }>
}

/** Starts the tool in a process of its own. */
export function spawnCli(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): SpawnedCli {
  const main = path.join(import.meta.dirname, 'main-from-source.ts')
  const { NO_COLOR: _none, FORCE_COLOR: _forced, ...env } = process.env
  const child = spawn(process.execPath, [...sourceFlags, main, ...argv], {
    cwd: options.cwd,
    env: { ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
  const ended = Promise.all([exit, text(child.stdout).catch(() => ''), text(child.stderr)]).then(
    ([exitCode, stdout, stderr]) => ({ exitCode, stdout, stderr }),
  )
  return { child, ended }
}

/** Waits until a process has written this. */
export async function waitForOutput(stream: Readable, wanted: string): Promise<void> {
  let seen = ''
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(wanted)) resolve()
    })
    stream.once('end', () =>
      reject(new Error(`the process ended without writing '${wanted}', only:\n${seen}`)),
    )
  })
}
