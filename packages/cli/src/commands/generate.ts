import type { Command } from 'commander'
import type { TypesOptions } from '../generate/types-command.ts'
import { examples, globsHelp } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure types`. */
export function addTypes(program: Command, { io, run }: CommandContext): void {
  program
    .command('types')
    .summary('generate TypeScript types from specs')
    .description(
      'Generates a TypeScript module with the actions, params, statuses and fields of every spec. With createHost<EntityTypes>(…) a misspelt action or a wrong param no longer compiles.',
    )
    .argument('[globs...]', globsHelp)
    .option('-o, --out <file>', 'write this file instead of printing')
    .option('--check', 'exit with 1 if the file is out of date, and do not write it')
    .addHelpText(
      'after',
      examples([
        ['perdure types --out src/entities.ts', 'for every spec of this project'],
        ["perdure types 'specs/*.ioa.toml' -o src/entities.ts", 'for these specs'],
        ['perdure types --out src/entities.ts --check', 'in a CI job'],
      ]),
    )
    .action((globs: string[], options: TypesOptions) =>
      run(async () => (await import('../generate/types-command.ts')).runTypes(io, globs, options)),
    )
}

/** Adds `perdure schema`. */
export function addSchema(program: Command, { io, run }: CommandContext): void {
  program
    .command('schema')
    .summary('print the JSON Schema of spec files, for editors')
    .description(
      'Prints the JSON Schema of spec files. Taplo and the editor extension Even Better TOML complete and check specs with it; a .taplo.toml says so, and perdure init writes one.',
    )
    .option('-o, --out <file>', 'write this file instead of printing')
    .addHelpText(
      'after',
      examples([
        ['perdure schema --out .perdure-spec.schema.json', 'the file that .taplo.toml names'],
        ['perdure schema | jq .properties.automaton', 'have a look'],
      ]),
    )
    .action((options: { readonly out?: string }) =>
      run(async () => (await import('../generate/schema-command.ts')).runSchema(io, options)),
    )
}
