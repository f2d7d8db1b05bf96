// `perdure explain`: an action in plain sentences, or the list of actions there are.
import { suggestName } from '@perdure/core'
import type { EntitySpec } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpec } from '../specs/load-sound-specs.ts'
import { paintFor } from '../terminal/paint.ts'
import { printTable } from '../terminal/print-table.ts'
import { explainAction } from './explain-action.ts'

/** Explains one action of a spec; without a name, lists them. @throws CliError `unknown_action` */
export async function runExplain(io: CliIo, file: string, action: string | undefined): Promise<ExitCode> {
  const spec = await loadSoundSpec(file, io.cwd)
  const paint = paintFor(io.stdout, io.env)
  if (action === undefined) {
    const rows = spec.actions.map(({ name, from, to }) => [
      name,
      `${from.length === 0 ? 'any live status' : from.join(', ')} ${to === undefined ? '(stays)' : `→ ${to}`}`,
    ])
    io.stdout.write(printTable(['Action', 'From → to'], rows, paint))
    return 0
  }
  const rules = spec.actions.filter(({ name }) => name === action)
  if (rules.length === 0) throw unknownAction(spec, action)
  io.stdout.write(`${explainAction(spec, rules, paint)}\n`)
  return 0
}

function unknownAction(spec: EntitySpec, action: string): CliError {
  const names = [...new Set(spec.actions.map(({ name }) => name))]
  const nearest = suggestName(action, names)
  const hint = nearest === undefined ? `its actions: ${names.join(', ')}` : `did you mean '${nearest}'?`
  return new CliError('unknown_action', `${spec.name} has no action '${action}'`, { hint })
}
