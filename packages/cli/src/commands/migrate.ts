import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { MigrateOptions } from '../migrate/migrate-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure migrate`. */
export function addMigrate(program: Command, { io, run }: CommandContext): void {
  withStorageUrl(program.command('migrate'))
    .summary('bring the tables of a storage up to date')
    .description(
      'Creates the tables of a storage, or brings them to the version of this tool, as a host does when it starts. Each step is a transaction; hosts and tools that migrate at once wait for each other.',
    )
    .argument('[url]', 'the same as --storage')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--sql', 'print what would be done as a script for psql, and do nothing')
    .option(
      '--from <version>',
      'with --sql: the script for a schema at this version; no storage is asked',
      wholeNumber,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure migrate postgres://owner@db/app', 'now, instead of when a host starts'],
        ['perdure migrate --dry-run', 'what a new version of Perdure would change'],
        ['perdure migrate --sql > migrate.sql', 'for whoever may change the schema'],
        ['perdure migrate --sql --from 0 --schema perdure', 'everything, without a database'],
      ]),
    )
    .action((url: string | undefined, options: MigrateOptions) =>
      run(async () => (await import('../migrate/migrate-command.ts')).runMigrate(io, url, options)),
    )
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}
