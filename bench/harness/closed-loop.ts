// Load with a fixed number of operations in flight: each worker starts its next one when the last has been acknowledged.
import type { Round } from './benchmark.ts'
import { timeRound } from './time-round.ts'

/** What to do, how often, and how much of it at once. */
export interface ClosedLoop {
  readonly operations: number
  readonly inFlight: number
  /** One operation; `worker` is below `inFlight`, and a worker's operations never overlap. */
  readonly operate: (index: number, worker: number) => Promise<unknown>
}

/** Runs the load and times every operation. */
export async function runClosedLoop({ operations, inFlight, operate }: ClosedLoop): Promise<Round> {
  const latenciesMs = new Float64Array(operations)
  let next = 0
  const work = async (worker: number): Promise<void> => {
    while (next < operations) {
      const index = next++
      const startedAt = performance.now()
      await operate(index, worker)
      latenciesMs[index] = performance.now() - startedAt
    }
  }
  const round = await timeRound(operations, async () => {
    await Promise.all(Array.from({ length: inFlight }, (_, worker) => work(worker)))
  })
  return { ...round, latenciesMs: latenciesMs.sort() }
}
