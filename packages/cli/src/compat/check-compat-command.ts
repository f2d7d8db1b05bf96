// `perdure check-compat`: what a change of spec would change, for callers and for the entities that there are.
import { compareSpecs, compileModel } from '@perdure/core'
import type { EntityModel, SpecDifference, Storage } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import { withStorage } from '../inspect/with-storage.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpec } from '../specs/load-sound-specs.ts'
import { paintFor } from '../terminal/paint.ts'
import { count } from '../terminal/words.ts'
import { livingEntities, sampleOf } from './choose-entities.ts'
import { describeDifference, describeDivergence } from './describe-compat.ts'
import { compareHistory } from './first-divergence.ts'
import type { Divergence } from './first-divergence.ts'

/** What is compared, and how it is shown. */
export interface CheckCompatOptions {
  /** Without it the specs alone are compared. */
  readonly storage?: string
  readonly schema?: string
  /** Only entities of this tenant. @defaultValue all tenants */
  readonly tenant?: string
  /** So many entities, the same every time. @defaultValue all */
  readonly sample?: number
  /** Divergences shown. */
  readonly limit: number
  /** False: histories are replayed, and no command is asked again. */
  readonly decisions: boolean
  readonly json?: boolean
}

interface Totals {
  entities: number
  events: number
  unknown: number
  divergences: number
}

/** Compares. @returns 0 when nothing differs, 1 when something does, 2 when not everything was looked at */
export async function runCheckCompat(
  io: CliIo,
  oldFile: string,
  newFile: string,
  options: CheckCompatOptions,
): Promise<ExitCode> {
  const [before, after] = [await loadSoundSpec(oldFile, io.cwd), await loadSoundSpec(newFile, io.cwd)]
  if (before.name !== after.name) {
    const message = `${oldFile} is about ${before.name}, and ${newFile} about ${after.name}`
    throw new CliError('usage', message, { hint: 'compare two specs of one entity type' })
  }
  const differences = compareSpecs(before, after)
  showDifferences(io, differences, options)
  if (options.storage === undefined) {
    if (options.json !== true && differences.length === 0)
      io.stdout.write('The specs differ in nothing that matters.\n')
    return differences.length === 0 ? 0 : 1
  }
  const models = [compileModel(before), compileModel(after)] as const
  return withStorage(io, options, async (storage) => {
    const { totals, isComplete } = await compareStored(io, storage, models, options)
    showTotals(io, totals, options)
    if (!isComplete) io.stderr.write('interrupted: the rest was not looked at\n')
    if (differences.length > 0 || totals.divergences > 0) return 1
    return isComplete ? 0 : 2
  })
}

async function compareStored(
  io: CliIo,
  storage: Storage,
  models: readonly [EntityModel, EntityModel],
  options: CheckCompatOptions,
): Promise<{ readonly totals: Totals; readonly isComplete: boolean }> {
  const totals: Totals = { entities: 0, events: 0, unknown: 0, divergences: 0 }
  const signal = io.interrupted()
  const living = livingEntities(storage, models[0].name, options.tenant)
  const entities = options.sample === undefined ? living : await sampleOf(living, options.sample)
  for await (const entity of entities) {
    if (signal.aborted) return { totals, isComplete: false }
    const { events, unknown, divergence } = await compareHistory(storage, models, entity, options)
    totals.entities++
    totals.events += events
    totals.unknown += unknown
    showProgress(io, totals)
    if (divergence === undefined) continue
    totals.divergences++
    if (totals.divergences <= options.limit) await showDivergence(io, divergence, options)
  }
  return { totals, isComplete: true }
}

function showDifferences(
  io: CliIo,
  differences: readonly SpecDifference[],
  { json }: CheckCompatOptions,
): void {
  const paint = paintFor(io.stdout, io.env)
  for (const difference of differences) {
    const { what, advice } = describeDifference(difference)
    io.stdout.write(
      json === true
        ? `${JSON.stringify({ record: 'difference', ...difference, what, advice })}\n`
        : `${paint.red(`difference ${difference.kind}`)}: ${what}\n  ${paint.dim('=')} ${advice}\n`,
    )
  }
}

async function showDivergence(
  io: CliIo,
  divergence: Divergence,
  { json }: CheckCompatOptions,
): Promise<void> {
  clearProgress(io)
  const text = describeDivergence(divergence)
  const paint = paintFor(io.stdout, io.env)
  io.stdout.write(
    json === true
      ? `${JSON.stringify({ record: 'divergence', ...divergence, text })}\n`
      : `${paint.red(`divergence ${divergence.what.kind}`)}: ${text}\n`,
  )
  await io.stdout.ready()
}

function showTotals(io: CliIo, totals: Totals, { json, limit }: CheckCompatOptions): void {
  clearProgress(io)
  if (json === true) {
    io.stdout.write(`${JSON.stringify({ record: 'summary', ...totals })}\n`)
    return
  }
  const { entities, events, unknown, divergences } = totals
  const more = divergences - limit
  if (more > 0) io.stdout.write(`… and ${count(more, 'more divergence')}; --limit shows more\n`)
  const unasked = unknown === 0 ? '' : `; ${count(unknown, 'command')} could not be asked again`
  io.stdout.write(
    `${count(divergences, 'divergence')} in ${entities} ${entities === 1 ? 'entity' : 'entities'}, ${count(events, 'event')}${unasked}.\n`,
  )
}

/** One line that changes, for people. */
function showProgress({ stderr }: CliIo, { entities, events, divergences }: Totals): void {
  if (stderr.isTTY && entities % 100 === 0)
    stderr.write(`\r${entities} entities, ${count(events, 'event')}, ${count(divergences, 'divergence')}`)
}

function clearProgress({ stderr }: CliIo): void {
  if (stderr.isTTY) stderr.write(`\r${' '.repeat(70)}\r`)
}
