import type { Command } from 'commander'
import { assertNever } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { bashCompletion } from './bash.ts'
import { describeProgram } from './describe-program.ts'
import type { CompletedCommand } from './describe-program.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

/** The shells that are known. */
export type Shell = 'bash' | 'zsh' | 'fish'

/** Prints the completion script of a program for a shell. */
export async function runCompletion(io: CliIo, program: Command, shell: Shell): Promise<ExitCode> {
  io.stdout.write(scriptOf(shell, describeProgram(program)))
  return Promise.resolve(0)
}

function scriptOf(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bashCompletion(commands)
    case 'zsh':
      return zshCompletion(commands)
    case 'fish':
      return fishCompletion(commands)
    default:
      return assertNever(shell)
  }
}
