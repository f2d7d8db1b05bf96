// The commands that look for what is wrong with an entity: in its spec, and in the runtime under it.
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { defaults } from '../simulate/simulate-options.ts'
import type { SimulateCommandOptions } from '../simulate/simulate-options.ts'
import type { VerifyCommandOptions } from '../verify/verify-command.ts'
import { examples, globsHelp } from './command-context.ts'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './parse-units.ts'

/** Adds `perdure verify`. */
export function addVerify(program: Command, { io, run }: CommandContext): void {
  program
    .command('verify')
    .summary('look at every state an entity can get into')
    .description(
      'Looks at every state that the entities of a spec can get into, and shows the shortest run to what is wrong: an invariant that is broken, a state that nothing leads out of, a rule that never applies. Exits with 0 when all is proved, 1 when a run refutes something, 2 when a limit was met.',
    )
    .argument('[globs...]', globsHelp)
    .option('--json', 'print one JSON object instead of text')
    .option('-w, --watch', 'check again at every change, until Ctrl-C')
    .option('--mutation', 'report which small mistakes in the spec no property would notice')
    .addOption(
      new Option('--liveness <meaning>', 'what reaches asks (default: possible)').choices([
        'possible',
        'inevitable',
      ]),
    )
    .option('--fair <actions>', 'inputs that are asked at last when they stay possible: A,B', list)
    .option(
      '--strongly-fair <actions>',
      'those that are asked at last when they become possible again and again',
      list,
    )
    .option('--create <fields>', "fields at creation as JSON, or 'any' (default: none)")
    .option('--max-states <count>', 'give up after so many states (default: 2000000)', positiveInteger)
    .option('--max-seconds <seconds>', 'give up after so long a spec (default: 60)', positiveInteger)
    .addOption(
      new Option(
        '--trace <format>',
        'how to show runs: in the report, or alone on stdout as a test or commands',
      )
        .choices(['table', 'test', 'commands'])
        .default('table'),
    )
    .option('--tla <directory>', 'write <Type>.tla and <Type>.cfg there, for TLC')
    .option('--dot <directory>', 'write <Type>.dot there, for Graphviz, with the run drawn in')
    .option('--mermaid <directory>', 'write <Type>.mmd there, with the run drawn in')
    .addHelpText(
      'after',
      examples([
        ['perdure verify', 'every spec of this project'],
        ['perdure verify --mutation', 'are the invariants any good?'],
        ['perdure verify --watch', 'on every save'],
        ['perdure verify entities/order.ioa.toml --trace test > order.test.ts', 'a run to step through'],
      ]),
    )
    .action((globs: string[], options: VerifyCommandOptions) =>
      run(async () => (await import('../verify/verify-command.ts')).runVerify(io, globs, options)),
    )
}

/** Adds `perdure simulate`. */
export function addSimulate(program: Command, { io, run }: CommandContext): void {
  program
    .command('simulate')
    .summary('run entities on hosts that crash and a storage that goes wrong')
    .description(
      'Runs random histories of the entities on several hosts that crash, over a storage that goes wrong, in virtual time, and checks that nothing acknowledged is lost or doubled and that replay gives the live state. What fails is made small and kept in counterexamples/, which is tried first the next time.',
    )
    .option(
      '--spec <glob>',
      'the specs; may be given several times (default: those of this project)',
      collect,
    )
    .option('--seeds <count>', 'how many runs', positiveInteger, defaults.seeds)
    .option('--seed <number>', 'this run alone, as a failure names it', integer)
    .option(
      '--commands <count>',
      'steps of a run: commands, and what befalls hosts',
      positiveInteger,
      defaults.commands,
    )
    .option('--hosts <count>', 'hosts on the one storage', positiveInteger, defaults.hosts)
    .option('--faults <kinds>', 'swarm, none, or kinds with commas between them', defaults.faults)
    .option('--json', 'print one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['perdure simulate', 'a thousand seeds of every spec of this project'],
        ['perdure simulate --seed 17', 'one seed again'],
        ['perdure simulate --faults crashDuring,failAfter --seeds 200', 'these faults only'],
      ]),
    )
    .action((options: SimulateCommandOptions) =>
      run(async () => (await import('../simulate/simulate-command.ts')).runSimulate(io, options)),
    )
}

function list(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim())
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function integer(text: string): number {
  const value = Number(text)
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
