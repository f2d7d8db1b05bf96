// `perdure types`: TypeScript from specs, so that the compiler knows every action, param, status and field.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { generateTypes } from '@perdure/spec-parser'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpecs } from '../specs/load-sound-specs.ts'
import { writeText } from '../specs/write-text.ts'
import { count } from '../terminal/words.ts'

/** What to do with the generated module. */
export interface TypesOptions {
  /** The file to write. @defaultValue stdout */
  readonly out?: string
  /** Compare with the file instead of writing it. */
  readonly check?: boolean
}

/** Generates types. @returns 1 when asked to check and the file is out of date. @throws CliError `usage` */
export async function runTypes(
  io: CliIo,
  globs: readonly string[],
  options: TypesOptions,
): Promise<ExitCode> {
  if (options.check === true && options.out === undefined) {
    throw new CliError('usage', '--check compares with a file, and none is named', {
      hint: "name it, as in 'perdure types --out src/entities.ts --check'",
    })
  }
  const specs = await loadSoundSpecs(globs, io.cwd)
  const text = generateTypes(specs.map(({ spec }) => spec))
  const { out } = options
  if (out === undefined) {
    io.stdout.write(text)
    return 0
  }
  const current = await readFile(path.resolve(io.cwd, out), 'utf8').catch(() => undefined)
  if (current === text) return 0
  if (options.check === true) {
    io.stdout.write(`${out} is out of date\n`)
    return 1
  }
  await writeText(out, text, io.cwd)
  io.stderr.write(`wrote the types of ${count(specs.length, 'spec')} to ${out}\n`)
  return 0
}
