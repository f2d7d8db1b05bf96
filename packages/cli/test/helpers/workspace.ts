import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of a test's own with these files in it, removed after the test. */
export async function makeWorkspace(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'perdure-cli-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(cwd, file)), { recursive: true })
    await writeFile(path.join(cwd, file), text)
  }
  return cwd
}

/** The text of a file in a directory. */
export function readText(cwd: string, file: string): Promise<string> {
  return readFile(path.join(cwd, file), 'utf8')
}
