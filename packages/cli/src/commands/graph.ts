import { Option } from 'commander'
import type { Command } from 'commander'
import type { GraphOptions } from '../graph/graph-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure graph`. */
export function addGraph(program: Command, { io, run }: CommandContext): void {
  program
    .command('graph')
    .summary('draw the automaton of a spec, as Mermaid or SVG')
    .description(
      'Draws the automaton of a spec: statuses as boxes, actions with their guards as arrows. A dot leads to the initial status; terminal ones have a double border; a dashed box stands for every status that is not terminal.',
    )
    .argument('<file>', 'the spec')
    .addOption(
      new Option(
        '-f, --format <format>',
        'mermaid or svg (default: svg for a file that ends so, otherwise mermaid)',
      ).choices(['mermaid', 'svg']),
    )
    .addOption(
      new Option('-d, --direction <direction>', 'where the arrows of an SVG point')
        .choices(['down', 'right'])
        .default('down'),
    )
    .option('-o, --out <file>', 'write this file instead of printing')
    .addHelpText(
      'after',
      examples([
        ['perdure graph entities/order.ioa.toml', 'Mermaid, to paste into a README'],
        ['perdure graph entities/order.ioa.toml -o order.svg', 'a drawing'],
        ['perdure graph entities/order.ioa.toml -f svg -d right > order.svg', 'the same, lying down'],
      ]),
    )
    .action((file: string, options: GraphOptions) =>
      run(async () => (await import('../graph/graph-command.ts')).runGraph(io, file, options)),
    )
}
