// Looks again whenever a spec changes, appears or goes, until Ctrl-C. Compares what the globs match a few times a second:
// unlike file system events that is the same on every platform, in containers and on network drives.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { isPerdureError } from '@perdure/core'
import { reportError } from '../errors/report-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { findSpecFiles } from '../specs/find-spec-files.ts'
import { paintFor } from '../terminal/paint.ts'
import { sleep } from '../terminal/sleep.ts'

const pollIntervalMs = 200
/** Clears the screen and what was scrolled out of it. */
const clearScreen = '\u001B[2J\u001B[3J\u001B[H'

/** Runs `look` now and after every change. @returns 0, once interrupted */
export async function watchSpecs(
  io: CliIo,
  globs: readonly string[],
  look: (signal: AbortSignal) => Promise<unknown>,
): Promise<ExitCode> {
  const paint = paintFor(io.stdout, io.env)
  const signal = io.interrupted()
  for (let seen: string | undefined; !signal.aborted; await sleep(io, pollIntervalMs, signal)) {
    const now = await fingerprint(globs, io.cwd)
    if (now === seen) continue
    seen = now
    if (io.stdout.isTTY) io.stdout.write(clearScreen)
    await lookOnce(io, () => look(signal))
    io.stdout.write(`${paint.dim('watching; Ctrl-C ends')}\n`)
  }
  return 0
}

/** A file that vanished between two looks is reported, and does not end the watch. */
async function lookOnce(io: CliIo, look: () => Promise<unknown>): Promise<void> {
  try {
    await look()
  } catch (error) {
    if (!isPerdureError(error)) throw error
    reportError(error, io)
  }
}

/** What the globs match and when each file changed last, as one text to compare. */
async function fingerprint(globs: readonly string[], cwd: string): Promise<string> {
  const files = await findSpecFiles(globs, cwd).catch(() => [])
  const marks = files.map(async (file) => {
    const found = await stat(path.resolve(cwd, file)).catch(() => undefined)
    return `${file}\0${found?.mtimeMs ?? 'gone'}\0${found?.size ?? 0}`
  })
  return (await Promise.all(marks)).join('\n')
}
