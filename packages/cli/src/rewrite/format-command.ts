import { formatSpec } from '@perdure/spec-parser'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { rewriteSpecs } from './rewrite-specs.ts'
import type { RewriteOptions } from './rewrite-specs.ts'

/** Lays out spec files in the one form. @returns 1 when a file is no TOML, or asked to check and something is out of form */
export async function runFormat(
  io: CliIo,
  globs: readonly string[],
  options: RewriteOptions,
): Promise<ExitCode> {
  const { exitCode } = await rewriteSpecs(io, globs, options, formatSpec)
  return exitCode
}
