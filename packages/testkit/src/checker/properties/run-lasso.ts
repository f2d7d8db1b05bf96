// A lasso on the real entity: the cycle is run several times, and must come back to what it was, or only grow where the
// spec no longer looks.
import type { JsonValue } from '@perdure/core'
import type { PathStep } from '../concrete/replay.ts'
import type { Trace } from '../concrete/trace.ts'
import type { Checking } from './checking.ts'

/** Rounds that are run: two to see a difference, one more to see that it goes on the same way. */
const rounds = 3

/** The run, with the place its loop begins; undefined when it cannot go on for ever. */
export function runLasso(
  { replayer, exploration }: Checking,
  start: number,
  stem: readonly PathStep[],
  cycle: readonly PathStep[],
): Trace | undefined {
  const path = [...stem, ...Array.from({ length: rounds }, () => cycle).flat()]
  const run = replayer.run(start, path)
  if (run === undefined) return undefined
  const { steps } = run.trace
  const before = steps.length - rounds * cycle.length
  const at = (round: number): Trace['variables'] => {
    const end = before + round * cycle.length
    return end === 0 ? run.trace.variables : (steps[end - 1]?.variables ?? {})
  }
  const { slots } = exploration.abstract.layout
  const goesOn = slots.every(({ name }) => {
    const values = [1, 2, 3].map((round) => at(round)[name] ?? null)
    return isSame(values) || grows(values)
  })
  if (!goesOn) return undefined
  // One round is enough to show.
  return { ...run.trace, steps: steps.slice(0, before + cycle.length), loopsFrom: before }
}

function isSame([first, ...others]: readonly JsonValue[]): boolean {
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first))
}

/** Its cell stays the same, so what moves moves within it: upwards it may for ever, downwards from zero too. */
function grows(values: readonly JsonValue[]): boolean {
  const sizes = values.map(sizeOf)
  if (sizes.includes(undefined)) return values.every((value) => typeof value === 'string')
  const [a = 0, b = 0, c = 0] = sizes.map((size) => size ?? 0)
  return (a <= b && b <= c) || (a >= b && b >= c && a < 0)
}

function sizeOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value
  return Array.isArray(value) ? value.length : undefined
}
