// The commands of `perdure storage` that count contents and let go of them.
import type { Command } from 'commander'
import type { StatsOptions } from '../retention/stats-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure storage stats`. */
export function addStorageStats(group: Command, { io, run }: CommandContext): void {
  withStorageUrl(group.command('stats'))
    .summary('what a storage holds, counted')
    .description('Counts what a storage holds: entities, events, snapshots, blobs and references to them.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure storage stats', 'of the storage in ./.perdure or $DATABASE_URL'],
        ['perdure storage stats --json | jq .storedBytes', 'for other programs'],
      ]),
    )
    .action((options: StatsOptions) =>
      run(async () => (await import('../retention/stats-command.ts')).runStats(io, options)),
    )
}
