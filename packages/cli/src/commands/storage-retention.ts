// The commands of `perdure storage` that count contents and let go of them.
import type { Command } from 'commander'
import type { PruneCommandOptions } from '../retention/prune-command.ts'
import type { StatsOptions } from '../retention/stats-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { byteCount, duration, positiveInteger } from './parse-units.ts'
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

/** Adds `perdure storage sweep`. */
export function addStorageSweep(group: Command, { io, run }: CommandContext): void {
  withRetentionOptions(withStorageUrl(group.command('sweep')))
    .summary('let go of what nothing needs any more')
    .description(
      `Ends the references whose lifetime is over, marks the large values that nothing refers to any more, and deletes those that were marked for the grace period. Events, states and values that something refers to stay. ${besideHosts}`,
    )
    .addHelpText(
      'after',
      examples([
        ['perdure storage sweep --dry-run', 'what would go; changes nothing'],
        ['perdure storage sweep', 'let it go'],
        ['perdure storage sweep --grace 0', 'without keeping it for another hour'],
      ]),
    )
    .action((options: PruneCommandOptions) =>
      run(async () => (await import('../retention/prune-command.ts')).runSweep(io, options)),
    )
}

/** Adds `perdure storage prune`. */
export function addStoragePrune(group: Command, { io, run }: CommandContext): void {
  withRetentionOptions(withStorageUrl(group.command('prune')))
    .option('--max-age <time>', 'references last made so long ago go: 90d, 12h', duration)
    .option(
      '--max-bytes <size>',
      'references go, least recently made first, until the blobs they leave take no more: 10GiB, 500MB',
      byteCount,
    )
    .summary('let go of large values by age and by size')
    .description(
      `Sweeps, and lets further references to large values go: those that were last made too long ago, and as many as it takes to get below a size, least recently made first. A permanent reference of an entity that lives never goes, nor do events. ${besideHosts} Exit code 1: the size cannot be reached.`,
    )
    .addHelpText(
      'after',
      examples([
        ['perdure storage prune --max-age 90d --dry-run', 'what would go; changes nothing'],
        ['perdure storage prune --max-age 90d --max-bytes 10GiB', 'let it go'],
      ]),
    )
    .action((options: PruneCommandOptions) =>
      run(async () => (await import('../retention/prune-command.ts')).runPrune(io, options)),
    )
}

const besideHosts =
  'It may run beside hosts; one sweep or prune is under way at a time. Ctrl-C ends it after the batch that it is at.'

function withRetentionOptions(command: Command): Command {
  return command
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--grace <time>', 'keep what nothing refers to for so long: 1h, 7d, 0', duration, 3_600_000)
    .option('--batch <count>', 'references or blobs in one statement', positiveInteger)
    .option('--json', 'print JSON')
}
