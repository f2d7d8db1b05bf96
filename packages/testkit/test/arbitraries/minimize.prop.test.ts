import { minimizeList, minimizeRun } from '@perdure/testkit'
import type { Run, RunStep } from '@perdure/testkit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

const items = fc.uniqueArray(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 40, size: 'max' })

it('leaves exactly the items that are needed together', async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.nat({ max: 5 }), async (all, count) => {
      const needed = all.slice(0, count)
      const fails = async (some: readonly number[]) => needed.every((each) => some.includes(each))
      expect(await minimizeList(all, fails)).toEqual(needed)
    }),
  )
})

it('ends where no single item can be left out, whatever makes it fail', async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.nat({ max: 200 }), fc.nat({ max: 6 }), async (all, sum, length) => {
      const fails = async (some: readonly number[]) =>
        some.length % 7 >= length || some.reduce((left, right) => left + right, 0) > sum
      fc.pre(await fails(all))
      const least = await minimizeList(all, fails)
      expect(await fails(least)).toBe(true)
      for (const item of least) expect(await fails(least.filter((each) => each !== item))).toBe(false)
    }),
  )
})

it('leaves out steps, then the faults that they made superfluous, then steps again', async () => {
  const step = (ms: number): RunStep => ({ kind: 'advance', ms })
  const fault = (at: number) => ({ at, fault: { kind: 'failAfter' as const } })
  const run: Run = { steps: [1, 2, 3, 4].map(step), faults: [fault(1), fault(2)], schedule: 0 }
  const fails = async ({ steps, faults }: Run) =>
    steps.some((each) => each.kind === 'advance' && each.ms === 3) &&
    (steps.length > 1 || faults.length <= 1) &&
    faults.some(({ at }) => at === 2)
  const least = await minimizeRun(run, fails)
  expect(least).toEqual({ steps: [step(3)], faults: [fault(2)], schedule: 0 })
})

it('moves a fault to an earlier call, so that the steps that held its call up can be left out', async () => {
  const steps = Array.from({ length: 20 }, (_, ms): RunStep => ({ kind: 'advance', ms }))
  const run: Run = { steps, faults: [{ at: 20, fault: { kind: 'failAfter' } }], schedule: 0 }
  // The step at the fault's call fails, whichever it is, as long as there is one.
  const fails = async ({ steps, faults }: Run) => faults.length === 1 && steps.length >= (faults[0]?.at ?? 0)
  const least = await minimizeRun(run, fails)
  expect(least.steps).toHaveLength(1)
  expect(least.faults).toEqual([{ at: 1, fault: { kind: 'failAfter' } }])
})

it('stops after the tries it was given', async () => {
  let tries = 0
  const steps = Array.from({ length: 40 }, (_, ms): RunStep => ({ kind: 'advance', ms }))
  await minimizeRun({ steps, faults: [], schedule: 0 }, async () => ++tries < 0, { maxTries: 10 })
  expect(tries).toBe(10)
})
