// `perdure storage`: the commands that look after a storage as a whole, each added by a function of its own.
import type { Command } from 'commander'
import { examples } from './command-context.ts'
import type { AddCommand, CommandContext } from './command-context.ts'
import { addStorageCheck } from './storage-check.ts'
import { addStorageDistribute } from './storage-distribute.ts'
import { addStoragePrune, addStorageStats, addStorageSweep } from './storage-retention.ts'

const commands: readonly AddCommand[] = [
  addStorageStats,
  addStorageCheck,
  addStorageSweep,
  addStoragePrune,
  addStorageDistribute,
]

/** Adds `perdure storage` and its commands. */
export function addStorage(program: Command, context: CommandContext): void {
  const group = program
    .command('storage')
    .summary('look after a storage: what it holds, what may go')
    .description('Looks after a storage as a whole. Stop no host for it, unless the storage is embedded.')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples([
        ['perdure storage stats', 'what the storage holds, and how much of it'],
        ['perdure storage sweep --dry-run', 'what would go that nothing needs any more'],
        ['perdure storage prune --max-age 90d --dry-run', 'what would go for its age'],
      ]),
    )
  for (const add of commands) add(group, context)
}
