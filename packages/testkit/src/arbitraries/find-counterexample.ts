// Looks for a run that breaks a property: the stored ones first, then as many random ones as asked for. What is found is
// made minimal, stored, and reported with the line that finds it again. Knows no test framework.
import { PerdureError } from '@perdure/core'
import * as fc from 'fast-check'
import { loadCounterexamples, saveCounterexample } from './counterexamples.ts'
import { minimizeRun } from './minimize.ts'
import { printRun } from './print-run.ts'
import type { Run } from './run-step.ts'

/** How hard to look. */
export interface SearchOptions {
  /** Random runs. @defaultValue 100 */
  readonly numRuns?: number
  /** Of the first random run. @defaultValue `PERDURE_SEED` of the environment, else one made from the time */
  readonly seed?: number
  /** Folder of stored counterexamples; false stores and tries none. @defaultValue 'counterexamples' */
  readonly counterexamples?: string | false
  /** Tries that shrinking may take, each a whole run. @defaultValue 1000 */
  readonly maxShrinkTries?: number
}

/** What is looked for. */
export interface Search {
  /** The property, by its name. */
  readonly property: string
  /** The entity types of the runs. */
  readonly types: readonly string[]
  readonly runs: fc.Arbitrary<Run>
  /** Carries a run out; throws when it breaks the property. */
  readonly check: (run: Run) => void | Promise<void>
  /** The command line, or call, that looks again; the seed is put in front of it. */
  readonly again?: string
}

/** What was found. */
export type SearchResult =
  | { readonly kind: 'holds'; readonly runs: number; readonly seed: number }
  | {
      readonly kind: 'fails'
      readonly error: PropertyFailed
      /** 1-minimal: without any one step, or any one fault, it does not fail. */
      readonly run: Run
      /** Random runs until one failed; 0 when a stored one did. */
      readonly runs: number
      readonly seed: number
      /** Where it is stored. */
      readonly path?: string
    }

/** A run broke a property. The message shows the smallest such run and how to repeat it. */
export class PropertyFailed extends PerdureError {
  override readonly name: string = 'PropertyFailed'
  declare readonly code: 'property_failed'
  /** The smallest run that was found. */
  declare readonly run: Run

  constructor(property: string, run: Run, cause: unknown, repro: string) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('property_failed', `${property}\n${printRun(run)}\n${why}\n${repro}`, {
      cause,
      details: { property, steps: run.steps.length, faults: run.faults.length },
    })
    this.run = run
  }
}

/** Looks for a counterexample. Never throws for one; it is the result. */
export async function findCounterexample(search: Search, options: SearchOptions = {}): Promise<SearchResult> {
  const { counterexamples: folder = 'counterexamples', numRuns = 100 } = options
  const stored = folder === false ? [] : await loadCounterexamples(folder, search)
  for (const { run, seed, path } of stored) {
    const error = await failureOf(search, run)
    if (error !== undefined) return { kind: 'fails', ...failed(search, run, error, seed, path), runs: 0 }
  }
  const details = await fc.check(
    fc.asyncProperty(search.runs, async (run) => search.check(run)),
    // fast-check stops at a small run, `minimizeRun` at a minimal one; half of the effort for each.
    { numRuns, seed: options.seed ?? environmentSeed() ?? freshSeed(), includeErrorInReport: false },
  )
  if (!details.failed) return { kind: 'holds', runs: details.numRuns, seed: details.seed }
  const [found] = details.counterexample ?? []
  if (found === undefined) throw details.errorInstance
  const { maxShrinkTries = 1_000 } = options
  const isBroken = async (run: Run): Promise<boolean> => (await failureOf(search, run)) !== undefined
  const run = await minimizeRun(found, isBroken, { maxTries: maxShrinkTries })
  const cause = (await failureOf(search, run)) ?? details.errorInstance
  const { property, types } = search
  const message = cause instanceof Error ? cause.message : String(cause)
  const path =
    folder === false
      ? undefined
      : await saveCounterexample(folder, { property, types, run, seed: details.seed, message })
  return { kind: 'fails', ...failed(search, run, cause, details.seed, path), runs: details.numRuns }
}

async function failureOf(search: Search, run: Run): Promise<unknown> {
  try {
    await search.check(run)
    return undefined
  } catch (error) {
    return error ?? new Error('something undefined was thrown')
  }
}

function failed(search: Search, run: Run, cause: unknown, seed: number, path: string | undefined) {
  const { property, again = 'in front of the same command' } = search
  const repro = `repro: PERDURE_SEED=${seed} ${again}${path === undefined ? '' : ` (${path} is tried first)`}`
  const error = new PropertyFailed(property, run, cause, repro)
  return { error, run, seed, ...(path === undefined ? {} : { path }) }
}

/** The seed to repeat, if the environment names one. */
export function environmentSeed(): number | undefined {
  const text = process.env['PERDURE_SEED'] ?? process.env['FC_SEED']
  const seed = text === undefined ? NaN : Number(text)
  return Number.isSafeInteger(seed) ? seed : undefined
}

/** A seed nobody asked for: fast-check takes one from its own source of chance. */
function freshSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Int32Array(1))
  return seed
}
