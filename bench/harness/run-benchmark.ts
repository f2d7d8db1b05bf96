// Carries out one benchmark: prepares its contenders, warms them up, repeats them in turn (A B A B …) and checks what they did.
import type { Benchmark, Contender, Repeat, Round, Runner } from './benchmark.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { Databases } from './databases.ts'

/** What a benchmark came to. */
export interface Measurement {
  readonly benchmark: Benchmark
  readonly repeats: readonly Repeat[]
  /** Optional contenders that did not start, with the reason. */
  readonly leftOut: ReadonlyMap<string, string>
}

/** How a run is done. */
export interface RunOptions {
  readonly isQuick: boolean
  readonly repeats: number
  /** Only contenders whose names hold this text. */
  readonly only: string
  readonly databases: Databases
  readonly progress: (text: string) => void
}

interface Ready {
  readonly contender: Contender
  readonly runner: Runner
}

/** @throws Error when a contender fails, or when what it did turns out wrong */
export async function runBenchmark(benchmark: Benchmark, options: RunOptions): Promise<Measurement> {
  const { progress } = options
  const used: string[] = []
  const ready: Ready[] = []
  const leftOut = new Map<string, string>()
  try {
    for (const contender of benchmark.contenders.filter(({ name }) => name.includes(options.only))) {
      progress(`${benchmark.name}: preparing ${contender.name}`)
      try {
        ready.push({ contender, runner: await prepare(contender, options, used) })
      } catch (error) {
        if (contender.isOptional !== true) throw error
        leftOut.set(contender.name, String(error))
      }
    }
    const repeats = await repeatAll(benchmark, ready, options)
    for (const { contender, runner } of ready) {
      progress(`${benchmark.name}: checking ${contender.name}`)
      await runner.verify()
    }
    return { benchmark, repeats, leftOut }
  } finally {
    for (const { runner } of ready) await runner.close()
    for (const database of used) await options.databases.drop(database)
  }
}

/** One untimed round a contender, for caches, plans and compilers, then the repeats. */
async function repeatAll(
  benchmark: Benchmark,
  ready: readonly Ready[],
  { repeats, progress }: RunOptions,
): Promise<readonly Repeat[]> {
  const rounds: Repeat[] = []
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const done = new Map<string, Round>()
    for (const { contender, runner } of ready) {
      const which = repeat === 0 ? 'warming up' : `repeat ${repeat} of ${repeats},`
      progress(`${benchmark.name}: ${which} ${contender.name}`)
      collectGarbage()
      done.set(contender.name, await runner.round())
    }
    if (repeat > 0) rounds.push(done)
  }
  return rounds
}

function prepare(contender: Contender, { isQuick, databases }: RunOptions, used: string[]): Promise<Runner> {
  const database = async (): Promise<string> => {
    const url = await databases.create()
    used.push(url)
    return url
  }
  return contender.prepare({ isQuick, database })
}
