// The work of the command benchmarks: counters, each of which takes the command "add an amount, with a memo". Whatever
// can do that is a contender; what it stored is compared with what it was asked.
import type { Contender, Runner, Setting } from '../harness/benchmark.ts'
import { runClosedLoop } from '../harness/closed-loop.ts'

/** A command's content: about 130 bytes of JSON. */
export type Addition = { readonly amount: number; readonly memo: string }

/** Counters, numbered from 0, that remember durably. */
export interface CounterSystem {
  /** Settles when the event has been committed; never called for a counter whose last call has not settled. */
  add(counter: number, addition: Addition): Promise<unknown>
  /** Additions that the database holds, as counted by it. */
  countStored(): Promise<number>
  /** A counter's value, as rebuilt from what the database holds. */
  readCount(counter: number): Promise<number>
  /** Figures of the commands since the last call. */
  takeFigures?(): Readonly<Record<string, number>>
  close(): Promise<void>
}

/** How much of the work a contender gets. */
export interface Load {
  readonly counters: number
  readonly inFlight: number
  /** Commands a round. */
  readonly commands: { readonly full: number; readonly quick: number }
}

/** Makes a contender of a system under a load: worker `w` asks counter `w`, and on from there by as many as are in flight. */
export function counterContender(
  name: string,
  load: Load,
  open: (setting: Setting) => Promise<CounterSystem>,
  options: { readonly isOptional?: boolean } = {},
): Contender {
  return {
    name,
    ...options,
    prepare: async (setting) => runnerOf(await open(setting), load, setting.isQuick),
  }
}

function runnerOf(system: CounterSystem, { counters, inFlight, commands }: Load, isQuick: boolean): Runner {
  const expected = new Float64Array(counters)
  let asked = 0
  let startAt = 0
  return {
    round: async () => {
      const operations = isQuick ? commands.quick : commands.full
      // A counter belongs to one worker for the whole round, unless there are fewer counters than workers.
      const visits = new Uint32Array(inFlight)
      const counterOf = (worker: number): number =>
        (worker + (startAt + (visits[worker] ?? 0)) * inFlight) % counters
      const round = await runClosedLoop({
        operations,
        inFlight,
        operate: (index, worker) => {
          const counter = counterOf(worker)
          visits[worker] = (visits[worker] ?? 0) + 1
          const amount = 1 + (index % 9)
          expected[counter] = (expected[counter] ?? 0) + amount
          return system.add(counter, { amount, memo: memoOf(index) })
        },
      })
      asked += operations
      startAt += Math.ceil(operations / inFlight)
      const figures = system.takeFigures?.()
      return figures === undefined ? round : { ...round, figures }
    },
    verify: async () => {
      const stored = await system.countStored()
      if (stored !== asked) throw new Error(`${asked} commands were acknowledged and ${stored} are stored`)
      for (const [counter, count] of expected.entries()) {
        const found = await system.readCount(counter)
        if (found !== count) throw new Error(`counter ${counter} should be at ${count} and is at ${found}`)
      }
    },
    close: () => system.close(),
  }
}

const filler = 'paid by bank transfer, checked by the night shift; nothing else to be said about it'

function memoOf(index: number): string {
  return `${index}: ${filler}`
}
