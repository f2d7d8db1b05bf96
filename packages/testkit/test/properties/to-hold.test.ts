import { openMemoryStorage } from '@perdure/core/memory'
import { checkHistories, checkReplay } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { expect, it } from 'vitest'
import { sessionSpec } from '../arbitraries/specs.ts'
import { counterBelowZero } from '../simulate/planted/replay-bugs.ts'

const options = { counterexamples: false as const, seed: 1 }

it('passes for a property that holds, and for all of a report', async () => {
  const name = 'turns are counted'
  expect(await checkHistories(sessionSpec, { name, holds: () => true }, options)).toHold()
  expect(
    await checkReplay(sessionSpec, () => openMemoryStorage(), { ...options, numRuns: 5, only: [12, 20, 22] }),
  ).toHold()
})

it('fails with the smallest run and the line that repeats it', async () => {
  const { startHost } = counterBelowZero
  const report = await checkReplay(sessionSpec, () => openMemoryStorage(), {
    ...options,
    numRuns: 500,
    only: [12, 20],
    startHost,
  })
  expect(() => expect(report).toHold()).toThrow(
    /P12 replay = live[^]*Session\/e0 Undo[^]*repro: PERDURE_SEED=1/,
  )
  expect(report).not.toHold()
})

it('can be expected not to hold', async () => {
  const broken = await checkHistories(
    sessionSpec,
    { name: 'nothing happens', holds: ({ events }) => events.length === 0 },
    options,
  )
  expect(broken).not.toHold()
  const sound = await checkHistories(sessionSpec, { name: 'anything happens', holds: () => true }, options)
  expect(() => expect(sound).not.toHold()).toThrow('there is none')
})
