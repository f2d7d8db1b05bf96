import type { Command } from 'commander'
import type { CheckOptions } from '../check/check-command.ts'
import { examples, globsHelp } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure check`. */
export function addCheck(program: Command, { io, run }: CommandContext): void {
  addCheckOptions(
    program
      .command('check')
      .summary('check specs and show every mistake in its place')
      .description(
        'Checks entity specs: every mistake of every file at once, each with the lines it is in and what to do about it.',
      ),
  )
    .addHelpText(
      'after',
      examples([
        ['perdure check', 'every spec of this project'],
        ['perdure check entities/order.ioa.toml', 'one file'],
        ['perdure check --strict', 'warnings count as failures, as a CI job may want'],
        ['perdure check --watch', 'again at every change, until Ctrl-C'],
        ["perdure check --json | jq '.issues[].code'", 'for other programs'],
      ]),
    )
    .action((globs: string[], options: CheckOptions) =>
      run(async () => (await import('../check/check-command.ts')).runCheck(io, globs, options)),
    )
}

/** Adds `perdure lint`. */
export function addLint(program: Command, { io, run }: CommandContext): void {
  addCheckOptions(
    program
      .command('lint')
      .summary('as check, with hints about what is probably not meant')
      .description(
        'Checks entity specs and shows infos too: unused variables, params that an effect overrides, …',
      ),
  )
    .addHelpText(
      'after',
      examples([
        ['perdure lint', 'everything there is to say about the specs of this project'],
        ['perdure lint --strict', 'exit with 1 on warnings too'],
      ]),
    )
    .action((globs: string[], options: CheckOptions) =>
      run(async () => (await import('../check/check-command.ts')).runLint(io, globs, options)),
    )
}

function addCheckOptions(command: Command): Command {
  return command
    .argument('[globs...]', globsHelp)
    .option('--strict', 'exit with 1 on warnings too')
    .option('--json', 'print one JSON object instead of text')
    .option('-w, --watch', 'check again at every change, until Ctrl-C')
    .option('--allow-unsupported', 'sections that this version does not execute are warnings')
}
