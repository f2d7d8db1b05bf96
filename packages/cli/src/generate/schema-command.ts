import { specJsonSchema } from '@perdure/spec-parser'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { writeText } from '../specs/write-text.ts'

/** The JSON Schema of spec files, as text. */
export function schemaText(): string {
  return `${JSON.stringify(specJsonSchema, null, 2)}\n`
}

/** Prints the JSON Schema of spec files, or writes it to a file. */
export async function runSchema(io: CliIo, options: { readonly out?: string }): Promise<ExitCode> {
  if (options.out === undefined) io.stdout.write(schemaText())
  else {
    await writeText(options.out, schemaText(), io.cwd)
    io.stderr.write(`wrote the JSON Schema to ${options.out}\n`)
  }
  return 0
}
