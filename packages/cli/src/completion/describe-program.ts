// What completion scripts are made of, read from the program itself, so that they know every command and option.
import type { Command, Option } from 'commander'

/** One option as shells complete it. */
export interface CompletedOption {
  readonly long: string
  readonly short: string | undefined
  readonly description: string
  readonly takesValue: boolean
  readonly choices: readonly string[]
}

/** One command as shells complete it. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletedOption[]
  /** What its argument may be, where that is a short list. */
  readonly choices: readonly string[]
  /** Whether its arguments are files. */
  readonly takesFiles: boolean
  /** The commands of a group; empty: it is none. */
  readonly commands: readonly CompletedCommand[]
}

const fileArguments: ReadonlySet<string> = new Set(['globs', 'file', 'directory'])

/** The commands of a program or of a group, in the order of its help. */
export function describeProgram(program: Command): readonly CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: [...command.options.map(describeOption), help],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    takesFiles: command.registeredArguments.some((argument) => fileArguments.has(argument.name())),
    commands: describeProgram(command),
  }))
}

const help: CompletedOption = {
  long: '--help',
  short: '-h',
  description: 'show help',
  takesValue: false,
  choices: [],
}

function describeOption({
  long,
  short,
  description,
  required,
  optional,
  argChoices,
}: Option): CompletedOption {
  return {
    long: long ?? '',
    short,
    description,
    takesValue: required || optional,
    choices: argChoices ?? [],
  }
}
