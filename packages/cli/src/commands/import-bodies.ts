// The command that takes bodies over from a table of an older store.
import type { Command } from 'commander'
import type { ImportBodiesOptions } from '../import/import-bodies-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './parse-units.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure import-bodies`. */
export function addImportBodies(program: Command, { io, run }: CommandContext): void {
  withStorageUrl(program.command('import-bodies'))
    .summary('take over the bodies that a table keeps by record')
    .description(
      'Imports bodies from a table of the same database, keyed by record, into content-addressed blobs. Ended in the middle it goes on where it was; run again at the end it does nothing. The table stays as it is.',
    )
    .requiredOption('--table <name>', 'the table: schema.table, or a table of the schema public')
    .option('--id-column <name>', 'its column of record ids, with a unique index', 'id')
    .option('--body-column <name>', 'its column of bodies: bytea, text or JSON', 'body')
    .option(
      '--expires-column <name>',
      'its column of expiries: a timestamp (default: bodies are kept for good)',
    )
    .option('--tenant <tenant>', 'whose contents they become', 'default')
    .option('--batch <count>', 'records in one transaction, at most', positiveInteger, 500)
    .option('--from-start', 'go through all records again, for those that came late or have changed')
    .option('--dry-run', 'count what would be imported, and store nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure import-bodies --table bodies --dry-run', 'what there is to import'],
        ['perdure import-bodies --table legacy.bodies --id-column record_id', 'imports it'],
      ]),
    )
    .action((options: ImportBodiesOptions) =>
      run(async () => (await import('../import/import-bodies-command.ts')).runImportBodies(io, options)),
    )
}
