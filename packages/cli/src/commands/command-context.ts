import type { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'

/** What a command's definition gets to do its work with. */
export interface CommandContext {
  readonly io: CliIo
  /** Carries out a command and keeps how it ended. The work imports what it needs, so that other commands need not. */
  readonly run: (work: () => Promise<ExitCode>) => Promise<void>
}

/** Adds one command to the program: its words, options and help; the work is loaded when it runs. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** What commands that take specs say of their argument. */
export const globsHelp = 'files, folders or globs (default: entities/**/*.ioa.toml and *.ioa.toml)'

/** Help text that shows a command in use, each line with what it does. */
export function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  const shown = lines.map(([command, meaning]) => `  $ ${command.padEnd(width)}   ${meaning}`)
  return `\nExamples:\n${shown.join('\n')}\n`
}
