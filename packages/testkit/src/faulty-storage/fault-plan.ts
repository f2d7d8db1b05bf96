// Which call of a storage goes wrong, and how. Plans count the calls of every storage that follows them, so that several
// hosts on one plan share one numbering.
import type { Fault, PlannedFault, StorageCall, StorageMethod } from './fault.ts'
import { canStrike } from './fault.ts'
import { soundFaults } from './sound-faults.ts'
import { chanceAt } from '../simulate/seeded-random.ts'

/** How random faults are dealt. */
export interface RandomFaultOptions {
  /** Share of the calls that go wrong. @defaultValue 0.05 */
  readonly rate?: number
  /** What they are chosen from. @defaultValue those a sound storage may show */
  readonly faults?: readonly Fault[]
}

/** Says, call by call, what goes wrong. Made by `faultPlan`. */
export class FaultPlan {
  readonly #choose: (call: StorageCall) => Fault | undefined
  readonly #calls: StorageCall[] = []
  readonly #perMethod = new Map<StorageMethod, number>()
  readonly #struck: PlannedFault[] = []
  #isOver = false

  /** @internal */
  constructor(choose: (call: StorageCall) => Fault | undefined) {
    this.#choose = choose
  }

  /** The calls so far. */
  get calls(): readonly StorageCall[] {
    return this.#calls
  }

  /** The faults that struck so far, as a plan for `faultPlan.of`: random ones become data, which can be made smaller. */
  get struck(): readonly PlannedFault[] {
    return this.#struck
  }

  /** A plan with one fault more; the first of several at one call counts. */
  at(index: number, fault: Fault): FaultPlan {
    return new FaultPlan((call) => this.#choose(call) ?? (call.index === index ? fault : undefined))
  }

  /** From now on nothing goes wrong any more. */
  end(): void {
    this.#isOver = true
  }

  /** Counts a call and says what goes wrong with it. */
  next(method: StorageMethod): { readonly call: StorageCall; readonly fault: Fault | undefined } {
    const nth = (this.#perMethod.get(method) ?? 0) + 1
    this.#perMethod.set(method, nth)
    const call = { index: this.#calls.length + 1, method, nth }
    this.#calls.push(call)
    const fault = this.#isOver ? undefined : this.#choose(call)
    if (fault === undefined || !canStrike(fault.kind, method)) return { call, fault: undefined }
    this.#struck.push({ at: call.nth, of: method, fault })
    return { call, fault }
  }
}

/** Makes plans. */
export const faultPlan: {
  /** Nothing goes wrong. */
  none(): FaultPlan
  /** One fault, at the call of this index (from 1). */
  at(index: number, fault: Fault): FaultPlan
  /** Faults as data. */
  of(faults: readonly PlannedFault[]): FaultPlan
  /** Faults by chance; the same seed deals the same faults to the same calls. */
  random(seed: number, options?: RandomFaultOptions): FaultPlan
  /**
   * Every single fault: for each call of a recorded run and each fault that can strike it, the data of a plan with just
   * that one. Carrying the run out once with each leaves nothing to luck.
   */
  everyPoint(calls: readonly StorageCall[], faults?: readonly Fault[]): readonly PlannedFault[]
} = {
  none: () => new FaultPlan(() => undefined),
  at: (index, fault) => faultPlan.none().at(index, fault),
  of: (faults) => {
    const byCall = new Map<string, Fault>()
    for (const { at, of = 'any', fault } of faults)
      if (!byCall.has(`${of} ${at}`)) byCall.set(`${of} ${at}`, fault)
    return new FaultPlan(
      ({ index, method, nth }) => byCall.get(`any ${index}`) ?? byCall.get(`${method} ${nth}`),
    )
  },
  random: (seed, { rate = 0.05, faults = soundFaults } = {}) =>
    new FaultPlan(({ index, method }) => {
      if (chanceAt(seed, index, 1) >= rate) return undefined
      const possible = faults.filter(({ kind }) => canStrike(kind, method))
      return possible[Math.floor(chanceAt(seed, index, 2) * possible.length)]
    }),
  everyPoint: (calls, faults = soundFaults) =>
    calls.flatMap(({ index, method }) =>
      faults.filter(({ kind }) => canStrike(kind, method)).map((fault) => ({ at: index, fault })),
    ),
}
