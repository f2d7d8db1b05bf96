// What a benchmark is made of. A b*.ts file states one; run-benchmark.ts carries it out.

/** One timed repeat of one contender. */
export interface Round {
  readonly operations: number
  readonly elapsedMs: number
  /** Processor time that this process took, without the database's. */
  readonly cpuMs: number
  /** Of every operation, ascending; absent where a round is one operation. */
  readonly latenciesMs?: Float64Array
  /** Further figures that a target may ask for, by name. */
  readonly figures?: Readonly<Record<string, number>>
}

/** A contender made ready: its database is filled, its connections are open. */
export interface Runner {
  /** Does the work once and times it; what has to be set up for it is not timed. */
  round(): Promise<Round>
  /** Checks that what was timed was right. @throws Error when it was not */
  verify(): Promise<void>
  close(): Promise<void>
}

/** What a contender gets. */
export interface Setting {
  /** Less work, for a first look. */
  readonly isQuick: boolean
  /** The URL of a fresh database of a server with default durability; made on the first call. */
  readonly database: () => Promise<string>
}

/** One way of doing the work. */
export interface Contender {
  readonly name: string
  /** A peer that does not start here is left out with a note, instead of ending the run. */
  readonly isOptional?: boolean
  prepare(setting: Setting): Promise<Runner>
}

/** The rounds of one repeat, by contender. */
export type Repeat = ReadonlyMap<string, Round>

/** A figure to reach. It is taken from each repeat; the median counts. */
export interface Target {
  readonly label: string
  readonly goal: { readonly atLeast: number } | { readonly atMost: number }
  readonly unit?: string
  /** Undefined when a contender it needs was left out. */
  readonly valueOf: (repeat: Repeat) => number | undefined
}

/** A question and how it is answered. */
export interface Benchmark {
  /** As its file. */
  readonly name: string
  readonly question: string
  /** What an operation is called, in the plural. */
  readonly operations: string
  readonly contenders: readonly Contender[]
  readonly targets: readonly Target[]
}

/** Operations a second. */
export function rateOf({ operations, elapsedMs }: Round): number {
  return (operations * 1000) / elapsedMs
}

/** How many times faster the first contender is than the second, within one repeat. */
export function rateRatio(of: string, to: string): Target['valueOf'] {
  return (repeat) => {
    const [dividend, divisor] = [repeat.get(of), repeat.get(to)]
    return dividend && divisor && rateOf(dividend) / rateOf(divisor)
  }
}
