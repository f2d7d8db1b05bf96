import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CliError } from '../errors/cli-error.ts'

/** Writes a file, with the folders it needs. @throws CliError `cannot_write` */
export async function writeText(file: string, text: string, cwd: string): Promise<void> {
  const target = path.resolve(cwd, file)
  try {
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError('cannot_write', `cannot write ${file}: ${reason}`, { cause })
  }
}
