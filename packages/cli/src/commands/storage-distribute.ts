import type { Command } from 'commander'
import type { DistributeOptions } from '../distribute/distribute-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure storage distribute`. */
export function addStorageDistribute(group: Command, { io, run }: CommandContext): void {
  withStorageUrl(group.command('distribute'))
    .summary('spread the tables over the nodes of Citus')
    .description(
      'Spreads the tables of a storage over the nodes of distributed PostgreSQL: streams by stream, contents by hash. Done once, with every host stopped; again after an update that adds tables. One server needs none of this.',
    )
    .requiredOption('--citus', 'the database is Citus, and this is its coordinator')
    .option('--sql', 'print what would be done as a script for psql, and do nothing; no storage is asked')
    .addHelpText(
      'after',
      examples([
        ['perdure storage distribute --citus --sql', 'read it first'],
        ['perdure storage distribute --citus --storage postgres://coordinator/app', 'do it'],
      ]),
    )
    .action((options: DistributeOptions) =>
      run(async () => (await import('../distribute/distribute-command.ts')).runDistribute(io, options)),
    )
}
