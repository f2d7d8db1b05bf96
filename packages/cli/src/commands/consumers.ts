// `perdure consumers`: who follows the log under a name, how far they are, and what lets a blocked one go on.
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { ListConsumersOptions, ResetConsumerOptions } from '../consumers/consumer-options.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure consumers` and its commands. */
export function addConsumers(program: Command, context: CommandContext): void {
  const group = program
    .command('consumers')
    .summary('who follows the log, and how far they are')
    .description('Shows the named consumers of a storage, and lets those go on that are blocked.')
    .helpCommand(false)
    .addHelpText('after', examples([['perdure consumers list', 'how far each is, and what went wrong']]))
  addList(group, context)
  addReset(group, context)
  addResume(group, context)
}

function addList(group: Command, { io, run }: CommandContext): void {
  withStorageUrl(group.command('list'))
    .summary('every consumer: position, lag, failures')
    .description(
      'Lists the named consumers: how far each is, how far behind the head of the log, what went wrong.',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure consumers list', 'of the storage in ./.perdure or $DATABASE_URL'],
        ["perdure consumers list --json | jq '.[] | select(.blockedAt)'", 'those that are blocked'],
      ]),
    )
    .action((options: ListConsumersOptions) =>
      run(async () => (await import('../consumers/list-consumers.ts')).runListConsumers(io, options)),
    )
}

function addReset(group: Command, { io, run }: CommandContext): void {
  withStorageUrl(group.command('reset'))
    .argument('<name>', 'the consumer')
    .summary('have a consumer go on from somewhere else')
    .description(
      'Moves the checkpoint of a consumer, and lets it go on from there. What it has written stays as it is: empty the table of a projection before it starts over.',
    )
    .requiredOption('--to <position>', "a position of the log, 'start' or 'head'", position)
    .addHelpText(
      'after',
      examples([
        ['perdure consumers reset totals --to start', 'has it see every event again'],
        [
          'perdure consumers reset totals --to 1042',
          'goes on behind 1042: past an event that it cannot handle',
        ],
      ]),
    )
    .action((name: string, options: ResetConsumerOptions) =>
      run(async () => (await import('../consumers/reset-consumer.ts')).runResetConsumer(io, name, options)),
    )
}

function addResume(group: Command, { io, run }: CommandContext): void {
  withStorageUrl(group.command('resume'))
    .argument('<name>', 'the consumer')
    .summary('let a blocked consumer try again')
    .description('Lets a consumer that is blocked, or waits, try again from its checkpoint at once.')
    .addHelpText('after', examples([['perdure consumers resume totals', 'when what was wrong is mended']]))
    .action((name: string, options: Omit<ResetConsumerOptions, 'to'>) =>
      run(async () => (await import('../consumers/reset-consumer.ts')).runResetConsumer(io, name, options)),
    )
}

function position(text: string): bigint | 'start' | 'head' {
  if (text === 'start' || text === 'head') return text
  if (/^\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n) return BigInt(text)
  throw new InvalidArgumentError("It must be a position, 'start' or 'head'.")
}
