// The command that repeats a seed: whatever differs from the defaults is in it, quoted for a POSIX shell.
import { defaults } from './simulate-options.ts'
import type { SimulateCommandOptions } from './simulate-options.ts'

/** A line to paste into a shell. */
export function reproLine(seed: number, options: SimulateCommandOptions): string {
  const { spec, commands, hosts, faults } = options
  return [
    'perdure simulate',
    `--seed ${seed}`,
    ...(spec ?? []).map((glob) => `--spec ${quote(glob)}`),
    ...(commands === defaults.commands ? [] : [`--commands ${commands}`]),
    ...(hosts === defaults.hosts ? [] : [`--hosts ${hosts}`]),
    ...(faults === defaults.faults ? [] : [`--faults ${faults}`]),
  ].join(' ')
}

function quote(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
