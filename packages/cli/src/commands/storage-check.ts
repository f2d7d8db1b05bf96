// The command of `perdure storage` that looks for damage.
import type { Command } from 'commander'
import type { CheckStorageOptions } from '../verify/check-storage.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { positiveInteger, share } from './parse-units.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure storage check`. */
export function addStorageCheck(group: Command, { io, run }: CommandContext): void {
  withStorageUrl(group.command('check'))
    .summary('look for damage')
    .description(
      'Looks a storage through, beside running hosts: heads against last events, events for gaps and damage, positions for density, snapshots, references, and the bytes of blobs. Changes nothing. Exit code 0: sound; 1: something is wrong; 2: it could not be looked through.',
    )
    .option('--sample <share>', 'read the bytes of this share of the blobs only: 10%, 0.1', share)
    .option(
      '--sample-from <share>',
      'where in the range of hashes the sample begins (default: anywhere)',
      share,
    )
    .option('-n, --limit <count>', 'show so many findings', positiveInteger, 100)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure storage check', 'everything, in the storage in ./.perdure or $DATABASE_URL'],
        ['perdure storage check --sample 10%', 'but only one blob in ten'],
        ['perdure storage check --json | jq .findings', 'for other programs'],
      ]),
    )
    .action((options: CheckStorageOptions) =>
      run(async () => (await import('../verify/check-storage.ts')).runCheckStorage(io, options)),
    )
}
