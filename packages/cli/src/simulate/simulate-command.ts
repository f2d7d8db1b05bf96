// `perdure simulate`: hosts that crash on a storage that goes wrong, seed by seed, in virtual time.
import path from 'node:path'
import { systemClock } from '@perdure/core'
import { simulate, soundFaults, timeFaults } from '@perdure/testkit'
import type { Fault, SimulateOptions, SimulationReport } from '@perdure/testkit'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpecs } from '../specs/load-sound-specs.ts'
import { paintFor } from '../terminal/paint.ts'
import type { Painter } from '../terminal/paint.ts'
import { StatusLine } from '../terminal/status-line.ts'
import { count } from '../terminal/words.ts'
import { reproLine } from './repro-line.ts'
import type { SimulateCommandOptions } from './simulate-options.ts'

const folder = 'counterexamples'

/**
 * Simulates seeds until one fails.
 *
 * @param runtime - the runtime under test @defaultValue the real one; another one has a bug that must be found
 * @returns 0 when every promise was kept, 1 when one was broken, 2 when interrupted
 */
export async function runSimulate(
  io: CliIo,
  options: SimulateCommandOptions,
  runtime: Pick<SimulateOptions, 'startHost'> = {},
): Promise<ExitCode> {
  const faults = faultsOf(options.faults)
  const specs = await loadSoundSpecs(options.spec ?? [], io.cwd)
  const signal = io.interrupted()
  // A seed that is named is one run, as in the line that repeats a failure.
  const seeds = options.seed === undefined ? options.seeds : 1
  const report = await carryOut(io, seeds, {
    ...runtime,
    specs: specs.map(({ spec }) => spec),
    seed: options.seed ?? 1,
    seeds,
    steps: options.commands,
    hosts: options.hosts,
    faults,
    counterexamples: path.join(io.cwd, folder),
    again: (seed) => reproLine(seed, options),
    signal,
  })
  const isCut = signal.aborted && report.kind === 'holds' && report.runs < seeds
  const text = options.json === true ? printJson(report, isCut, options) : print(io, report, isCut)
  io.stdout.write(`${text}\n`)
  return report.kind === 'fails' ? 1 : isCut ? 2 : 0
}

async function carryOut(io: CliIo, seeds: number, options: SimulateOptions): Promise<SimulationReport> {
  const line = new StatusLine(io)
  const clock = io.clock ?? systemClock
  const startedAt = clock.now()
  try {
    return await simulate({
      ...options,
      onRun: ({ runs, virtualMs }) => {
        const now = clock.now()
        const rate = now > startedAt ? `, ${Math.round((runs * 1000) / (now - startedAt))} seeds/s` : ''
        line.show(`seed ${runs} of ${seeds}${rate}, ${describeTime(virtualMs)} simulated`, now)
      },
    })
  } finally {
    line.clear()
  }
}

/** `swarm`, `none`, or kinds of faults by name. @throws CliError `usage` */
function faultsOf(text: string): 'swarm' | 'none' | readonly Fault[] {
  if (text === 'swarm' || text === 'none') return text
  const all = [...soundFaults, ...timeFaults]
  const kinds = [...new Set(all.map(({ kind }) => kind))]
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !kinds.some((kind) => kind === name))
  if (unknown === undefined) return all.filter(({ kind }) => names.includes(kind))
  throw new CliError('usage', `there is no fault '${unknown}'`, {
    hint: `--faults is swarm, none, or some of ${kinds.join(',')}`,
  })
}

function print(io: CliIo, report: SimulationReport, isCut: boolean): string {
  const paint: Painter = paintFor(io.stdout, io.env)
  if (report.kind === 'fails') return `${paint.red('✗')} ${report.error.message}`
  const told = `${count(report.runs, 'seed')}, ${describeTime(report.virtualMs)} simulated`
  if (isCut) return `${paint.yellow('!')} interrupted after ${told}; every promise was kept so far`
  const points = `${count(report.reached.size, 'kind')} of events met`
  return `${paint.green('✓')} every promise was kept: ${told}; ${points}`
}

/** The machine's report. Its shape is documented and stable: keys are added, never renamed or removed. */
function printJson(report: SimulationReport, isCut: boolean, options: SimulateCommandOptions): string {
  const failure =
    report.kind === 'fails'
      ? {
          seed: report.seed,
          message: report.error.message,
          run: report.run,
          repro: reproLine(report.seed, options),
          ...(report.path === undefined ? {} : { path: report.path }),
        }
      : undefined
  const whole = {
    formatVersion: 1,
    ok: report.kind === 'holds' && !isCut,
    runs: report.runs,
    seed: report.kind === 'fails' ? (options.seed ?? 1) : report.seed,
    virtualMs: report.virtualMs,
    traceHash: report.traceHash,
    reached: Object.fromEntries([...report.reached].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(failure === undefined ? {} : { failure }),
  }
  return JSON.stringify(whole, null, 2)
}

/** Virtual time in the unit that fits. */
function describeTime(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ]
  const [size, name] = units.find(([unit]) => ms >= unit * 2) ?? [1000, 'second']
  return count(Math.round(ms / size), name)
}
