import type { Command } from 'commander'
import type { CheckCompatOptions } from '../compat/check-compat-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './parse-units.ts'

/** Adds `perdure check-compat`. */
export function addCheckCompat(program: Command, { io, run }: CommandContext): void {
  program
    .command('check-compat')
    .summary('say what a change of a spec would change')
    .description(
      'Compares two specs of one entity type: what is gone for entities and for those who ask something of them. With --storage it also reads every living entity by both, event by event, asks its commands again, and shows where the two part first. Changes nothing. Exit code 0: nothing differs; 1: something does; 2: it could not be looked through.',
    )
    .argument('<old>', 'the spec that is in use')
    .argument('<new>', 'the spec that is to take its place')
    .option(
      '--storage <url>',
      'postgres://… or pglite://./directory; without it the specs alone are compared',
    )
    .option('--schema <name>', 'the PostgreSQL schema (default: perdure)')
    .option('--tenant <name>', 'only entities of this tenant (default: all tenants)')
    .option('--sample <count>', 'only so many entities, the same every time', positiveInteger)
    .option('--no-decisions', 'replay only, and ask no command again')
    .option('-n, --limit <count>', 'show so many divergences', positiveInteger, 100)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      examples([
        ['perdure check-compat old.ioa.toml new.ioa.toml', 'the specs alone'],
        [
          'perdure check-compat old.ioa.toml new.ioa.toml --storage $DATABASE_URL',
          'and every stored history',
        ],
        [
          'perdure check-compat old.ioa.toml new.ioa.toml --storage $DATABASE_URL --sample 1000',
          'or a thousand of them',
        ],
      ]),
    )
    .action((oldFile: string, newFile: string, options: CheckCompatOptions) =>
      run(async () =>
        (await import('../compat/check-compat-command.ts')).runCheckCompat(io, oldFile, newFile, options),
      ),
    )
}
