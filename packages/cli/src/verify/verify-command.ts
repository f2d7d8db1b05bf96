// `perdure verify`: every state of every spec, judged. Loads the model checker alone; the runtime is not needed.
import { suggestName, systemClock } from '@perdure/core'
import type { JsonObject } from '@perdure/core'
import { exitCodeOf, renderReport, verifySpecInTurns } from '@perdure/testkit/checker'
import type { VerifyOptions, VerifyProgress, VerifyReport } from '@perdure/testkit/checker'
import { watchSpecs } from '../check/watch-specs.ts'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpecs } from '../specs/load-sound-specs.ts'
import type { SoundSpec } from '../specs/load-sound-specs.ts'
import { paintFor } from '../terminal/paint.ts'
import { StatusLine } from '../terminal/status-line.ts'
import { exportSpecs } from './export-specs.ts'
import type { ExportOptions } from './export-specs.ts'
import { printRuns } from './print-runs.ts'
import type { RunFormat } from './print-runs.ts'

/** How to check, and what to show. */
export interface VerifyCommandOptions extends ExportOptions {
  readonly json?: boolean
  readonly watch?: boolean
  readonly mutation?: boolean
  readonly liveness?: 'possible' | 'inevitable'
  /** Inputs that can be relied on. */
  readonly fair?: readonly string[]
  /** Those that need not stay possible: again and again is enough. */
  readonly stronglyFair?: readonly string[]
  /** Fields given at creation, as JSON; or `any`. */
  readonly create?: string
  readonly maxStates?: number
  readonly maxSeconds?: number
  readonly trace: RunFormat
}

/** Checks specs exhaustively. @returns 0 pass, 1 fail, 2 inconclusive. @throws CliError */
export function runVerify(
  io: CliIo,
  globs: readonly string[],
  options: VerifyCommandOptions,
): Promise<ExitCode> {
  const settings = settingsOf(options)
  const look = async (signal: AbortSignal): Promise<ExitCode> => {
    const specs = await loadSoundSpecs(globs, io.cwd)
    for (const name of [...(options.fair ?? []), ...(options.stronglyFair ?? [])]) requireAction(specs, name)
    const report = await verify(io, specs, { ...settings, signal })
    show(io, specs, report, options)
    await exportSpecs(io, specs, report, options)
    if (signal.aborted) io.stderr.write('interrupted: what was not looked at is not decided\n')
    return exitCodeOf(report)
  }
  return options.watch === true ? watchSpecs(io, globs, look) : look(io.interrupted())
}

async function verify(io: CliIo, specs: readonly SoundSpec[], options: VerifyOptions): Promise<VerifyReport> {
  const line = new StatusLine(io)
  const clock = io.clock ?? systemClock
  try {
    return await verifySpecInTurns(
      specs.map(({ spec }) => spec),
      { ...options, clock, onProgress: (progress) => line.show(describeProgress(progress), clock.now()) },
    )
  } finally {
    line.clear()
  }
}

function describeProgress({ name, states, waiting, elapsedMs, margin, mutant }: VerifyProgress): string {
  if (mutant !== undefined) return `${name}: would anybody notice ${mutant}?`
  const number = (value: number) => Math.round(value).toLocaleString('en-US')
  const rate = elapsedMs > 0 ? `, ${number((states / elapsedMs) * 1000)} states/s` : ''
  const again = margin === 0 ? '' : `, search ${margin + 1}`
  return `${name}: ${number(states)} states${rate}, ${number(waiting)} to look at${again}`
}

function settingsOf(options: VerifyCommandOptions): VerifyOptions {
  const { mutation, liveness, fair, stronglyFair, create, maxStates, maxSeconds } = options
  return {
    ...(mutation === undefined ? {} : { mutation }),
    ...(liveness === undefined ? {} : { liveness }),
    ...(fair === undefined ? {} : { fair }),
    ...(stronglyFair === undefined ? {} : { stronglyFair }),
    ...(create === undefined ? {} : { create: create === 'any' ? 'any' : readFields(create) }),
    ...(maxStates === undefined ? {} : { maxStates }),
    ...(maxSeconds === undefined ? {} : { maxMillis: maxSeconds * 1000 }),
  }
}

/** A promise about an action that is misspelt would be kept by nobody. @throws CliError `unknown_action` */
function requireAction(specs: readonly SoundSpec[], name: string): void {
  const names = new Set(specs.flatMap(({ spec }) => spec.actions.map((rule) => rule.name)))
  if (names.has(name)) return
  const nearest = suggestName(name, names)
  throw new CliError('unknown_action', `no spec has an action '${name}'`, {
    hint: nearest === undefined ? `their actions: ${[...names].join(', ')}` : `did you mean '${nearest}'?`,
  })
}

function readFields(text: string): JsonObject {
  try {
    const fields: unknown = JSON.parse(text)
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as JsonObject
  } catch {
    // What is no JSON is no JSON object either.
  }
  throw new CliError('usage', `--create takes a JSON object or 'any', not ${text}`, {
    hint: `as in --create '{"customer":"c-1"}'`,
  })
}

/** The report on stdout; or, when the runs were asked for in another form, those, and the report beside them. */
function show(
  io: CliIo,
  specs: readonly SoundSpec[],
  report: VerifyReport,
  { json, trace }: VerifyCommandOptions,
): void {
  if (json === true) {
    const files = report.specs.map((one, index) => ({ file: specs[index]?.file ?? '', ...one }))
    const { verdict, elapsedMs } = report
    const whole = { formatVersion: 1, ok: verdict === 'pass', verdict, elapsedMs, specs: files }
    io.stdout.write(`${JSON.stringify(whole, null, 2)}\n`)
    return
  }
  const sink = trace === 'table' ? io.stdout : io.stderr
  sink.write(renderReport(report, { color: paintFor(sink, io.env).isColored }))
  if (trace !== 'table') io.stdout.write(printRuns(specs, report, trace))
}
