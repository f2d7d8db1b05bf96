// `perdure storage`: the commands that look after a storage as a whole, each added by a function of its own.
import type { Command } from 'commander'
import { examples } from './command-context.ts'
import type { AddCommand, CommandContext } from './command-context.ts'
import { addStorageCheck } from './storage-check.ts'
import { addStorageStats } from './storage-retention.ts'

const commands: readonly AddCommand[] = [addStorageStats, addStorageCheck]

/** Adds `perdure storage` and its commands. */
export function addStorage(program: Command, context: CommandContext): void {
  const group = program
    .command('storage')
    .summary('look after a storage: what it holds')
    .description('Looks after a storage as a whole. Stop no host for it, unless the storage is embedded.')
    .helpCommand(false)
    .addHelpText('after', examples([['perdure storage stats', 'what the storage holds, and how much of it']]))
  for (const add of commands) add(group, context)
}
