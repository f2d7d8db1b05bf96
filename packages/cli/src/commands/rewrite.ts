import { Option } from 'commander'
import type { Command } from 'commander'
import type { RewriteOptions } from '../rewrite/rewrite-specs.ts'
import { examples, globsHelp } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure format`. */
export function addFormat(program: Command, { io, run }: CommandContext): void {
  program
    .command('format')
    .summary('lay out spec files in one form')
    .description(
      'Lays out spec files in one form: one blank line between sections, one blank around =. Comments, order and values stay. Without an option the changes are shown as a diff.',
    )
    .argument('[globs...]', globsHelp)
    .option('--write', 'change the files')
    .addOption(
      new Option('--check', 'name the files that would change, and exit with 1 if there are any').conflicts(
        'write',
      ),
    )
    .addHelpText(
      'after',
      examples([
        ['perdure format', 'show what would change'],
        ['perdure format --write', 'change it'],
        ['perdure format --check', 'in a CI job'],
      ]),
    )
    .action((globs: string[], options: RewriteOptions) =>
      run(async () => (await import('../rewrite/format-command.ts')).runFormat(io, globs, options)),
    )
}

/** Adds `perdure migrate-spec`. */
export function addMigrateSpec(program: Command, { io, run }: CommandContext): void {
  program
    .command('migrate-spec')
    .summary('rewrite specs of the older dialect in the language of today')
    .description(
      'Rewrites the older forms of spec files (quoted numbers, effect strings, guard tables, …) in the language of today. The meaning, the comments and the order stay. Without --write the changes are shown as a diff.',
    )
    .argument('[globs...]', globsHelp)
    .option('--write', 'change the files')
    .addHelpText(
      'after',
      examples([
        ['perdure migrate-spec', 'show what would change'],
        ['perdure migrate-spec old/*.ioa.toml --write', 'change it'],
      ]),
    )
    .action((globs: string[], options: RewriteOptions) =>
      run(async () => (await import('../rewrite/migrate-command.ts')).runMigrateSpec(io, globs, options)),
    )
}
