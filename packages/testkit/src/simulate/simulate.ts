// Simulations by seed: the seed makes the run, the run is carried out, and what breaks a promise is made small. Many
// thousands a minute, each the same whenever it is repeated.
import { createHost } from '@perdure/actors'
import type { EntitySpec } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import * as fc from 'fast-check'
import { arbitraries, hostActionKinds } from '../arbitraries/arbitraries.ts'
import { loadCounterexamples, saveCounterexample } from '../arbitraries/counterexamples.ts'
import { PropertyFailed, environmentSeed } from '../arbitraries/find-counterexample.ts'
import type { SearchResult } from '../arbitraries/find-counterexample.ts'
import { minimizeRun } from '../arbitraries/minimize.ts'
import type { Run } from '../arbitraries/run-step.ts'
import type { Fault } from '../faulty-storage/fault.ts'
import { faultPlan } from '../faulty-storage/fault-plan.ts'
import type { FaultPlan } from '../faulty-storage/fault-plan.ts'
import { soundFaults } from '../faulty-storage/sound-faults.ts'
import type { StartHost } from '../properties/stage.ts'
import { chanceAt } from './seeded-random.ts'
import { Simulation } from './simulation.ts'

/** What is simulated. */
export interface SimulateOptions {
  readonly specs: readonly EntitySpec[]
  /** Seed of the first run. @defaultValue `PERDURE_SEED` of the environment, which stands for one run; else 1 */
  readonly seed?: number
  /** How many runs, with seeds that follow on each other. @defaultValue 1 */
  readonly seeds?: number
  /** Hosts on the one storage. @defaultValue 2 */
  readonly hosts?: number
  /** Steps of a run, at most: commands and what befalls hosts. @defaultValue 40 */
  readonly steps?: number
  /** `swarm` deals each run some kinds of faults and not others, at a rate of its own. @defaultValue 'swarm' */
  readonly faults?: 'swarm' | 'none' | readonly Fault[]
  /** Ceiling of fields whose spec sets none; small, so that fields overflow. @defaultValue 64 */
  readonly inlineMaxBytes?: number
  /** The runtime under test. @defaultValue `createHost` of `@perdure/actors` */
  readonly startHost?: StartHost
  /** Folder of stored counterexamples; false stores and tries none. @defaultValue 'counterexamples' */
  readonly counterexamples?: string | false
  /** Runs that making a failure small may take. @defaultValue 1000 */
  readonly maxShrinkTries?: number
  /** The command line, or call, that repeats a seed. @defaultValue one for the environment */
  readonly again?: (seed: number) => string
  /** Told after each run. */
  readonly onRun?: (progress: {
    readonly runs: number
    readonly seed: number
    readonly virtualMs: number
  }) => void
  /** Ends the campaign after the run it is at; the report counts the runs there were. */
  readonly signal?: AbortSignal
}

/** What simulations saw. */
export interface SimulationFacts {
  /** How often each point was reached; a campaign that never reaches one has not tried it. */
  readonly reached: ReadonlyMap<string, number>
  /** Names everything that happened: two simulations of one seed have the same. */
  readonly traceHash: string
  /** Virtual time, milliseconds. */
  readonly virtualMs: number
}

/** What became of simulations. */
export type SimulationReport = SearchResult & SimulationFacts

/** One run, carried out. */
export type SimulatedRun = SimulationFacts & {
  /** The promise that was broken. */
  readonly violation?: unknown
  /** The run with the faults that struck, as data. */
  readonly run: Run
  /** Every call of the storage, for plans of exhaustive faults. */
  readonly calls: FaultPlan['calls']
}

const property = 'simulation'

/**
 * Simulates as many seeds as asked for, until one fails. Never throws for a broken promise; it is the result.
 *
 * @throws SpecNotSupported for specs that no host starts with
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  await refuseUnsupported(options.specs)
  const given = environmentSeed()
  const first = options.seed ?? given ?? 1
  const seeds = options.seed === undefined && given !== undefined ? 1 : (options.seeds ?? 1)
  const campaign = new Campaign(options)
  const folder = options.counterexamples ?? 'counterexamples'
  const stored =
    folder === false ? [] : await loadCounterexamples(folder, { property, types: campaign.types })
  for (const { run, seed, path } of stored) {
    const seen = await campaign.run(run)
    if (seen.violation !== undefined) return campaign.failed(run, seen.violation, seed, 0, path)
  }
  let runs = 0
  for (; runs < seeds && options.signal?.aborted !== true; runs++) {
    const seed = first + runs
    const seen = await campaign.runSeed(seed)
    options.onRun?.({ runs: runs + 1, seed, virtualMs: campaign.facts.virtualMs })
    if (seen.violation !== undefined) return campaign.reduce(seen, seed, runs + 1)
  }
  return { kind: 'holds', runs, seed: first, ...campaign.facts }
}

/** A spec that cannot run breaks no promise: it is refused before the first seed. */
async function refuseUnsupported(specs: readonly EntitySpec[]): Promise<void> {
  const host = await createHost({ specs, storage: openMemoryStorage() })
  await host.stop()
}

/** Carries out a run that is at hand as data. */
export function simulateRun(run: Run, options: SimulateOptions): Promise<SimulatedRun> {
  return new Campaign(options).run(run)
}

/** The run that a seed makes, without its faults: those come about on the way. */
export function runOfSeed(seed: number, options: SimulateOptions): Run {
  return new Campaign(options).runOf(seed)
}

/**
 * Carries a run out once for every single fault: each storage call of the fault-free run with each fault that can strike
 * it. Nothing is left to luck; what fails is reported with the first such fault.
 */
export async function simulateEveryFault(
  run: Run,
  options: SimulateOptions & { readonly pointFaults?: readonly Fault[] },
): Promise<SimulationReport> {
  const campaign = new Campaign(options)
  const sound = { ...run, faults: [] }
  const recorded = await campaign.run(sound)
  const points = [undefined, ...faultPlan.everyPoint(recorded.calls, options.pointFaults)]
  for (const [index, point] of points.entries()) {
    const struck = { ...run, faults: point === undefined ? [] : [point] }
    const { violation } = await campaign.run(struck)
    if (violation !== undefined) return campaign.failed(struck, violation, run.schedule, index + 1)
  }
  return { kind: 'holds', runs: points.length, seed: run.schedule, ...campaign.facts }
}

/** Runs of one set of options, and what they reached together. */
class Campaign {
  readonly types: readonly string[]
  readonly #options: SimulateOptions
  readonly #runs: fc.Arbitrary<Run>
  readonly #reached = new Map<string, number>()
  #traceHash = ''
  #virtualMs = 0

  constructor(options: SimulateOptions) {
    this.#options = options
    this.types = options.specs.map(({ name }) => name)
    const { hosts = 2, steps = 40, inlineMaxBytes = 64 } = options
    const { run } = arbitraries(options.specs, {
      hosts,
      inlineMaxBytes,
      maxSteps: steps,
      maxFaults: 0,
      // Reading is what everything else is for.
      hostActions: [...hostActionKinds, 'lose', 'read', 'read', 'read'],
    })
    // One run a seed: fast-check's own bias would make every one of them a short one.
    this.#runs = fc.noBias(run)
  }

  get facts(): SimulationFacts {
    return { reached: this.#reached, traceHash: this.#traceHash, virtualMs: this.#virtualMs }
  }

  runOf(seed: number): Run {
    const [run] = fc.sample(this.#runs, { seed, numRuns: 1 })
    return { steps: [], faults: [], ...run, schedule: seed }
  }

  runSeed(seed: number): Promise<SimulatedRun> {
    return this.#carryOut(this.runOf(seed), this.#planOf(seed))
  }

  run(run: Run): Promise<SimulatedRun> {
    return this.#carryOut(run, faultPlan.of(run.faults))
  }

  /** Makes a failing run small, stores it and reports it. */
  async reduce(seen: SimulatedRun, seed: number, runs: number): Promise<SimulationReport> {
    const { maxShrinkTries: maxTries = 1_000, counterexamples: folder = 'counterexamples' } = this.#options
    const fails = async (run: Run): Promise<boolean> => (await this.run(run)).violation !== undefined
    const run = (await fails(seen.run)) ? await minimizeRun(seen.run, fails, { maxTries }) : seen.run
    const violation = (await this.run(run)).violation ?? seen.violation
    const message = violation instanceof Error ? violation.message : String(violation)
    const path =
      folder === false
        ? undefined
        : await saveCounterexample(folder, { property, types: this.types, run, seed, message })
    return this.failed(run, violation, seed, runs, path)
  }

  failed(run: Run, violation: unknown, seed: number, runs: number, path?: string): SimulationReport {
    const stored = path === undefined ? '' : ` (${path} is tried first)`
    const { again = () => `PERDURE_SEED=${seed}, simulation of ${this.types.join(', ')}` } = this.#options
    const repro = `repro: ${again(seed)}${stored}`
    const error = new PropertyFailed(property, run, violation, repro)
    return { kind: 'fails', error, run, runs, seed, ...(path === undefined ? {} : { path }), ...this.facts }
  }

  async #carryOut(run: Run, plan: FaultPlan): Promise<SimulatedRun> {
    const { specs, hosts = 2, inlineMaxBytes = 64, startHost } = this.#options
    const planted = startHost === undefined ? {} : { startHost }
    const simulation = new Simulation({ specs, run, plan, hosts, inlineMaxBytes, ...planted })
    const violation = await simulation.carryOut().then(
      () => undefined,
      (error: unknown) => error ?? new Error('something undefined was thrown'),
    )
    const { trace, elapsedMs: virtualMs } = simulation
    for (const [point, count] of trace.reached)
      this.#reached.set(point, (this.#reached.get(point) ?? 0) + count)
    const traceHash = trace.close()
    this.#traceHash = traceHash
    this.#virtualMs += virtualMs
    return {
      reached: trace.reached,
      traceHash,
      virtualMs,
      run: { ...run, faults: plan.struck },
      calls: plan.calls,
      ...(violation === undefined ? {} : { violation }),
    }
  }

  #planOf(seed: number): FaultPlan {
    const { faults = 'swarm' } = this.#options
    if (faults === 'none') return faultPlan.none()
    if (faults !== 'swarm') return faultPlan.random(seed, { faults })
    const some = soundFaults.filter((_, index) => chanceAt(seed, index, 9) < 0.5)
    const rates = [0, 0.02, 0.05, 0.15]
    const rate = rates[Math.floor(chanceAt(seed, 0, 10) * rates.length)] ?? 0
    return faultPlan.random(seed, { rate: some.length === 0 ? 0 : rate, faults: some })
  }
}
