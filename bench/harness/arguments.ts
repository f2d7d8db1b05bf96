import { parseArgs } from 'node:util'

/** What was asked for on the command line. */
export interface Arguments {
  /** Names of benchmarks, or beginnings of names; empty: all. */
  readonly names: readonly string[]
  readonly isQuick: boolean
  readonly isJson: boolean
  readonly wantsHelp: boolean
  readonly wantsList: boolean
  /** Only contenders whose names hold this text; empty: all. */
  readonly only: string
  /** Timed repeats. */
  readonly repeats: number
}

/** What `--help` prints. */
export const help = `pnpm bench [name …] [--quick] [--json] [--repeats n] [--only text]

Runs benchmarks against a PostgreSQL of its own (from npm, default durability) and prints medians and the ratios to reach.

  name         a benchmark or the beginning of its name, such as b02; all of them when there is none
  --quick      less work and 3 repeats, for a first look
  --json       print the figures as JSON on standard output; progress goes to standard error
  --repeats n  timed repeats, 5 unless it says otherwise
  --only text  only the contenders whose names hold this text, for profiling; ratios that need others are left out
  --list       print the names and questions
  --help       print this
`

/** @throws TypeError for an option that does not exist or makes no sense */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      repeats: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  })
  const repeats = values.repeats === undefined ? (values.quick ? 3 : 5) : Number(values.repeats)
  if (!Number.isInteger(repeats) || repeats < 1) throw new TypeError('--repeats takes a number from 1')
  return {
    names: positionals,
    isQuick: values.quick,
    isJson: values.json,
    wantsHelp: values.help,
    wantsList: values.list,
    only: values.only,
    repeats,
  }
}
