// The program as a whole: its commands in the order of the help, grouped by what one does with them.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addCheckCompat } from './commands/check-compat.ts'
import { addCheck, addLint } from './commands/check.ts'
import { addCompletion } from './commands/completion.ts'
import type { AddCommand, CommandContext } from './commands/command-context.ts'
import { addConsumers } from './commands/consumers.ts'
import { addErase } from './commands/erase.ts'
import { addExplain } from './commands/explain.ts'
import { addGraph } from './commands/graph.ts'
import { addSchema, addTypes } from './commands/generate.ts'
import { addImportBodies } from './commands/import-bodies.ts'
import { addInit } from './commands/init.ts'
import { addEntities, addEvents, addHistory, addState, addTail } from './commands/inspect.ts'
import { addMigrate } from './commands/migrate.ts'
import { addSimulate, addVerify } from './commands/prove.ts'
import { addFormat, addMigrateSpec } from './commands/rewrite.ts'
import { addStorage } from './commands/storage.ts'
import type { CliIo } from './io.ts'
import { paintFor, wantsColor } from './terminal/paint.ts'

const groups: readonly (readonly [heading: string, commands: readonly AddCommand[]])[] = [
  ['Start:', [addInit]],
  ['Specs:', [addCheck, addLint, addFormat, addMigrateSpec, addTypes, addSchema, addGraph, addExplain]],
  ['Proof:', [addVerify, addSimulate, addCheckCompat]],
  [
    'Storage:',
    [
      addEntities,
      addState,
      addHistory,
      addEvents,
      addTail,
      addConsumers,
      addMigrate,
      addErase,
      addImportBodies,
      addStorage,
    ],
  ],
  ['Help:', [addCompletion]],
]

/** Builds the parser of the command line; nothing of a command's work is loaded yet. */
export function buildProgram(io: CliIo, run: CommandContext['run']): Command {
  const program = new Command('perdure')
    .description(
      'Event-sourced entity actors on the Postgres you already have: specs in, durable entities out.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
  styleHelp(program, io)
  for (const [heading, commands] of groups) {
    program.commandsGroup(heading)
    for (const add of commands) add(program, { io, run })
  }
  // The last group is that of the help command too.
  return program.helpCommand('help [command]', 'show help for a command').addHelpText('after', epilogue)
}

const epilogue = `
'perdure <command> --help' shows examples of a command.
Exit codes: 0 all is well, 1 problems in specs or nothing found, 2 wrong usage or something could not be read.`

function styleHelp(program: Command, io: CliIo): void {
  const { bold, cyan } = paintFor(io.stdout, io.env)
  program.configureHelp({
    styleTitle: bold,
    styleCommandText: cyan,
    styleSubcommandText: cyan,
    styleOptionText: cyan,
  })
  program.configureOutput({
    writeOut: (text) => io.stdout.write(text),
    // Errors are reported by `run`, in the form that all errors have.
    writeErr: () => {},
    getOutHelpWidth: () => Math.min(io.stdout.columns ?? 100, 100),
    getOutHasColors: () => wantsColor(io.stdout, io.env),
  })
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
