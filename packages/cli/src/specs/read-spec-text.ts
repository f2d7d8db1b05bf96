import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CliError } from '../errors/cli-error.ts'

/** The text of a spec file. @throws CliError `cannot_read` when it cannot be read or is not UTF-8 */
export async function readSpecText(file: string, cwd: string): Promise<string> {
  const bytes = await readFile(path.resolve(cwd, file)).catch((cause: unknown) => {
    throw new CliError('cannot_read', `cannot read ${file}: ${reasonOf(cause)}`, { cause })
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new CliError('cannot_read', `${file} is not UTF-8 text`, { cause, hint: 'save it as UTF-8' })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
