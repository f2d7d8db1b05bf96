// The last stop of everything that is thrown: two lines for people on stderr. Loaded only when something went wrong.
import { isPerdureError } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { paintFor } from '../terminal/paint.ts'
import { CliError } from './cli-error.ts'

/** What to do about errors that other packages throw, by their code. */
const hints: Readonly<Record<string, string>> = {
  spec_invalid: 'perdure check shows every problem with the lines it is in',
  spec_unreadable: 'is it a file, and may you read it?',
  storage_unavailable: 'is the server running, and is the URL right? See --storage',
  storage_in_use:
    'an embedded storage has one owner at a time: stop the program that has it open, or use PostgreSQL',
  storage_misconfigured: "a storage is 'postgres://user:password@host/database' or 'pglite://./directory'",
  storage_forbidden: 'the user of the URL needs rights on the schema; see --schema',
  schema_missing: 'a host creates the schema when it starts there first; see --storage and --schema',
  schema_outdated: 'a host of this version migrates the schema when it starts; looking never changes it',
  unknown_codec: 'a newer version of Perdure wrote it: update @perdure/cli',
  schema_too_new: 'a newer version of Perdure wrote this storage: update @perdure/cli',
  corrupt_blob: 'a running host rebuilds the content from its event when the field is read there',
}

/** Prints an error with its code and a hint, without a stack unless PERDURE_DEBUG=1. @returns the exit code it means */
export function reportError(error: unknown, io: CliIo): ExitCode {
  const paint = paintFor(io.stderr, io.env)
  const { code, message, hint } = describe(error)
  io.stderr.write(`${paint.red(`error ${code}`)}: ${message}\n`)
  if (hint !== undefined) io.stderr.write(`  ${paint.dim('=')} ${hint}\n`)
  if (isDebugging(io)) for (const stack of stacks(error)) io.stderr.write(`${paint.dim(stack)}\n`)
  return error instanceof CliError ? error.exitCode : 2
}

interface Description {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
}

function describe(error: unknown): Description {
  if (error instanceof CliError) return { code: error.code, message: error.message, hint: error.hint }
  if (isPerdureError(error)) return { code: error.code, message: error.message, hint: hints[error.code] }
  return describeForeign(error)
}

/** Errors of the system have a code of their own; anything else is a bug of ours. */
function describeForeign(error: unknown): Description {
  const message = error instanceof Error ? error.message : String(error)
  const code = (error as { readonly code?: unknown } | undefined)?.code
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return { code: code.toLowerCase(), message, hint: undefined }
  }
  return { code: 'internal', message, hint: 'PERDURE_DEBUG=1 shows where it happened' }
}

function isDebugging({ env }: CliIo): boolean {
  return env['PERDURE_DEBUG'] === '1'
}

function stacks(error: unknown): readonly string[] {
  const found: string[] = []
  for (let at = error; at instanceof Error && found.length < 8; at = at.cause) {
    found.push(`${found.length === 0 ? '' : 'caused by '}${at.stack ?? at.message}`)
  }
  return found
}
