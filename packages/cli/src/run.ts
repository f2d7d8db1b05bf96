// The tool as one function: arguments in, exit code out. `bin` calls it for the process, tests call it directly.
import { CommanderError } from 'commander'
import type { Command } from 'commander'
import type { ExitCode } from './exit-code.ts'
import type { CliIo } from './io.ts'
import { buildProgram } from './program.ts'

/**
 * Runs one command. Never throws: what goes wrong is on stderr, with its code and what to do about it.
 * @param argv the arguments after the program's name
 */
export async function run(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const program = buildProgram(io, async (work) => {
    exitCode = await work()
  })
  try {
    // Without a command there is nothing wrong yet: whoever types only the name wants to know what there is.
    await program.parseAsync(argv.length === 0 ? ['--help'] : askedOf(argv, program), { from: 'user' })
  } catch (error) {
    exitCode =
      error instanceof CommanderError ? await endParsing(error, program, argv, io) : await fail(error, io)
  }
  return exitCode
}

/** Help for a command that is not there is answered as the command itself would be: with the nearest one there is. */
function askedOf(argv: readonly string[], program: Command): readonly string[] {
  const [first, second] = argv
  const isUnknown = second !== undefined && program.commands.every((command) => command.name() !== second)
  return first === 'help' && isUnknown && second !== 'help' ? argv.slice(1) : argv
}

/** The parser ends by throwing: after help or a version all is well, otherwise the usage was wrong. */
async function endParsing(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
  io: CliIo,
): Promise<ExitCode> {
  if (error.exitCode === 0) return 0
  const command = commandOf(program, argv)
  // Nor is anything wrong with a group of commands that is named without one of them.
  if (error.code === 'commander.help') {
    command.outputHelp()
    return 0
  }
  const { CliError } = await import('./errors/cli-error.ts')
  const [message = '', suggestion] = error.message
    .replace(/^error: (command-argument value )?/, '')
    .split('\n')
  const hint = suggestion?.replace(/^\(Did you mean (.*)\?\)$/, "did you mean '$1'?")
  const help = `${wordsOf(command)} --help`
  return fail(new CliError('usage', message, { hint: hint ?? `'${help}' shows how it is used` }), io)
}

/** The command that the arguments name, as far as they name one. */
function commandOf(program: Command, [name, ...rest]: readonly string[]): Command {
  const found = program.commands.find((known) => known.name() === name)
  return found === undefined ? program : commandOf(found, rest)
}

/** What to type for it: `perdure storage stats`. */
function wordsOf(command: Command): string {
  return command.parent === null ? command.name() : `${wordsOf(command.parent)} ${command.name()}`
}

async function fail(error: unknown, io: CliIo): Promise<ExitCode> {
  const { reportError } = await import('./errors/report-error.ts')
  return reportError(error, io)
}
