// The commands that look into a storage. None of them changes anything there.
import { Option } from 'commander'
import type { Command } from 'commander'
import type { EntitiesOptions } from '../inspect/entities-command.ts'
import type { EventNames } from '../inspect/reading.ts'
import type { HistoryOptions } from '../inspect/history-commands.ts'
import type { StateOptions } from '../inspect/state-command.ts'
import type { TailOptions } from '../inspect/tail-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './parse-units.ts'
import { withStorageUrl } from './storage-url.ts'

/** Adds `perdure entities`. */
export function addEntities(program: Command, { io, run }: CommandContext): void {
  withStorageOptions(program.command('entities'))
    .summary('list the entities of a type')
    .description(
      'Lists the entities of a type in order of id: status, version and the time of the last event.',
    )
    .argument('<type>', 'the entity type, as its spec names it')
    .option('--status <status>', 'only those in this status')
    .option('--deleted', 'deleted ones too')
    .option('-n, --limit <count>', 'at most so many', positiveInteger)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      examples([
        ['perdure entities Order', 'all orders of the storage in ./.perdure or $DATABASE_URL'],
        ['perdure entities Order --status Placed --json', 'those that wait, for other programs'],
      ]),
    )
    .action((type: string, options: EntitiesOptions) =>
      run(async () => (await import('../inspect/entities-command.ts')).runEntities(io, type, options)),
    )
}

/** Adds `perdure state`. */
export function addState(program: Command, { io, run }: CommandContext): void {
  withSpecOptions(withStorageOptions(program.command('state')))
    .summary('show where an entity stands')
    .description(
      'Shows the committed state of an entity, rebuilt from its events by the spec of its type. Large values are shown as references unless --hydrate is given.',
    )
    .argument('<type>', 'the entity type, as its spec names it')
    .argument('<id>', 'the id of the entity')
    .option('--hydrate', 'put large values in place')
    .option('--field <name>', 'print the value of this field and nothing else')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        ['perdure state Order o-1', 'status, version and fields'],
        ['perdure state Order o-1 --field note > note.txt', 'one value, byte for byte'],
        ['perdure state Order o-1 --hydrate --json', 'everything, for other programs'],
      ]),
    )
    .action((type: string, id: string, options: StateOptions) =>
      run(async () => (await import('../inspect/state-command.ts')).runState(io, type, id, options)),
    )
}

/** Adds `perdure history`. */
export function addHistory(program: Command, { io, run }: CommandContext): void {
  withNames(withRangeOptions(withSpecOptions(withStorageOptions(program.command('history')))), 'today')
    .summary('show what happened to an entity, as a table')
    .description(
      'Shows what happened to an entity: when, which action, from which status to which, with which params.',
    )
    .addHelpText(
      'after',
      examples([
        ['perdure history Order o-1', 'from the beginning'],
        ['perdure history Order o-1 --last 20', 'the newest events'],
      ]),
    )
    .action((type: string, id: string, options: HistoryOptions) =>
      run(async () => (await import('../inspect/history-commands.ts')).runHistory(io, type, id, options)),
    )
}

/** Adds `perdure events`. */
export function addEvents(program: Command, { io, run }: CommandContext): void {
  withNames(withRangeOptions(withSpecOptions(withStorageOptions(program.command('events')))), 'stored')
    .summary('print the events of an entity, as JSON lines')
    .description('Prints the events of an entity, one JSON object a line.')
    .addHelpText(
      'after',
      examples([
        ['perdure events Order o-1', 'all of them'],
        ['perdure events Order o-1 --from 10 | jq .params', 'the params of event 10 and later'],
      ]),
    )
    .action((type: string, id: string, options: HistoryOptions) =>
      run(async () => (await import('../inspect/history-commands.ts')).runEvents(io, type, id, options)),
    )
}

/** Adds `perdure tail`. */
export function addTail(program: Command, { io, run }: CommandContext): void {
  withNames(withSpecOptions(withStorageOptions(program.command('tail'))), 'today')
    .summary('follow events as they commit')
    .description(
      'Prints events as they commit, until Ctrl-C. An embedded storage (pglite://) belongs to one process at a time: following a running host needs PostgreSQL.',
    )
    .argument('[type]', 'only this entity type (default: every type that the specs declare)')
    .argument('[id]', 'only this entity')
    .option('--interval <ms>', 'milliseconds between looks', positiveInteger, 500)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      examples([
        ['perdure tail', 'everything that happens'],
        ['perdure tail Order o-1', 'one order'],
        ['perdure tail Order --json | jq -c .params', 'for other programs'],
      ]),
    )
    .action((type: string | undefined, id: string | undefined, options: TailOptions) =>
      run(async () => (await import('../inspect/tail-command.ts')).runTail(io, type, id, options)),
    )
}

function withStorageOptions(command: Command): Command {
  return withStorageUrl(command).option('--tenant <tenant>', 'whose entities', 'default')
}

function withSpecOptions(command: Command): Command {
  return command
    .option('--specs <globs...>', 'the specs to read by (default: those of this project)')
    .option('--show-sensitive', 'show values that the spec calls sensitive')
}

function withNames(command: Command, byDefault: EventNames): Command {
  const about = "names of older events: as today's spec reads them, or as they are stored"
  return command.addOption(
    new Option('--names <names>', about).choices(['today', 'stored']).default(byDefault),
  )
}

function withRangeOptions(command: Command): Command {
  return command
    .argument('<type>', 'the entity type, as its spec names it')
    .argument('<id>', 'the id of the entity')
    .option('--from <sequence>', 'the first event', positiveInteger)
    .option('--to <sequence>', 'the last event', positiveInteger)
    .option('-n, --last <count>', 'only so many of the newest', positiveInteger)
}
