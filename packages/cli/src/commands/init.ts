import type { Command } from 'commander'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure init`. */
export function addInit(program: Command, { io, run }: CommandContext): void {
  program
    .command('init')
    .summary('start a new project that runs')
    .description(
      'Writes a new project: a spec, a program that uses it, a test, generated types, and the settings with which editors complete specs. Overwrites nothing.',
    )
    .argument('[directory]', 'where to', '.')
    .addHelpText(
      'after',
      examples([
        ['perdure init orders', 'in a new directory'],
        ['cd orders && npm install && npm start', 'and off it goes'],
      ]),
    )
    .action((directory: string) =>
      run(async () => (await import('../init/init-command.ts')).runInit(io, directory)),
    )
}
