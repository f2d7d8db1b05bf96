// The corpus of planted bugs: each is found within ten seconds, and none is found where there is none.
import { simulate } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { describe, expect, it } from 'vitest'
import { sessionSpec } from '../arbitraries/specs.ts'
import { corpus } from './planted/corpus.ts'

/** Of the processor's time: other work on the machine is not the simulation's. */
const withinMs = 10_000

describe('within ten seconds simulation finds a runtime that', () => {
  it.each(corpus.map((bug) => [bug.name, bug] as const))(
    '%s',
    async (_, bug) => {
      const { startHost, plant, specs = [sessionSpec] } = bug
      const digOut = plant?.()
      const start = process.cpuUsage()
      try {
        const report = await simulate({
          specs,
          startHost,
          seed: 1,
          seeds: 2_000,
          counterexamples: false,
          maxShrinkTries: 300,
        })
        const { user, system } = process.cpuUsage(start)
        expect(report).not.toHold()
        expect((user + system) / 1_000).toBeLessThan(withinMs)
        if (report.kind === 'fails') expect(report.run.steps.length).toBeLessThanOrEqual(9)
      } finally {
        digOut?.()
      }
    },
    60_000,
  )
})
