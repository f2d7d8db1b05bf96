// The command that removes an entity for good.
import type { Command } from 'commander'
import type { EraseOptions } from '../erase/erase-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure erase`. */
export function addErase(program: Command, { io, run }: CommandContext): void {
  withStorageUrl(program.command('erase'))
    .summary('remove an entity for good')
    .description(
      'Removes the events, the snapshot and the contents of an entity for good. What stays is its id, so that it is not given out again, a record with counts, and an event that says so. Backups and write-ahead logs keep what they have.',
    )
    .argument('<type>', 'the entity type, as its spec names it')
    .argument('<id>', 'the id of the entity')
    .option('--tenant <tenant>', 'whose entity', 'default')
    .option('--yes', 'do it; without this it only says what it would do')
    .option('--by <name>', 'who asked for it, for the record')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure erase Customer c-1', 'what would be erased'],
        ['perdure erase Customer c-1 --yes --by support', 'erases it'],
      ]),
    )
    .action((type: string, id: string, options: EraseOptions) =>
      run(async () => (await import('../erase/erase-command.ts')).runErase(io, type, id, options)),
    )
}
