import type { Command } from 'commander'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure explain`. */
export function addExplain(program: Command, { io, run }: CommandContext): void {
  program
    .command('explain')
    .summary('say in plain sentences what an action does')
    .description(
      'Says in plain sentences what an action of a spec does: in which statuses it may be asked, under which condition, what it takes, what it changes, and what must hold afterwards.',
    )
    .argument('<file>', 'the spec')
    .argument('[action]', 'the action; without it, all are listed')
    .addHelpText(
      'after',
      examples([
        ['perdure explain entities/order.ioa.toml', 'which actions there are'],
        ['perdure explain entities/order.ioa.toml Place', 'what Place does'],
      ]),
    )
    .action((file: string, action: string | undefined) =>
      run(async () => (await import('../explain/explain-command.ts')).runExplain(io, file, action)),
    )
}
