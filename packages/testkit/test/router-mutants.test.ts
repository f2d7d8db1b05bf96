// The router contract tested: a sound router keeps every promise, each broken one is caught, and every case can fail.
import { describe, expect, it } from 'vitest'
import { routerContractCases, runRouterContract } from '@perdure/testkit'
import type { RouterCase, RouterContractSettings } from '@perdure/testkit'
import { bodyMutants } from './router-mutants/body-mutants.ts'
import { crowdMutants } from './router-mutants/crowd-mutants.ts'
import { lifeMutants } from './router-mutants/life-mutants.ts'
import { answering, openMutants } from './router-mutants/router-mutant.ts'
import type { RouterMutant } from './router-mutants/router-mutant.ts'
import { seatMutants } from './router-mutants/seat-mutants.ts'
import { timeMutants } from './router-mutants/time-mutants.ts'

const mutants: readonly RouterMutant[] = [
  ...seatMutants,
  ...bodyMutants,
  ...timeMutants,
  ...crowdMutants,
  ...lifeMutants,
]

const settings: RouterContractSettings = { off: {}, numRuns: 5, patienceMs: 300 }
const patient: RouterContractSettings = { ...settings, patienceMs: 20_000 }

function caseNamed(name: string): RouterCase {
  const found = routerContractCases.find((routerCase) => routerCase.name === `the router ${name}`)
  if (found === undefined) throw new Error(`no case is named "the router ${name}"`)
  return found
}

describe('the router contract', { timeout: 120_000 }, () => {
  for (const mutant of mutants)
    it(`catches a router that ${mutant.name}`, async () => {
      const cases = mutant.breaks.map(caseNamed)
      const outcomes = await runRouterContract(async () => openMutants(mutant), settings, cases)
      for (const outcome of outcomes) expect(outcome.kind, outcome.case.name).toBe('broken')
    })

  it('passes the sound router that the mutants are made of', async () => {
    const outcomes = await runRouterContract(async () => openMutants(), patient)
    expect(outcomes.filter((outcome) => outcome.kind !== 'kept')).toEqual([])
  })

  it('passes a router that hands everything over twice, as a router may', async () => {
    const twice: RouterMutant = {
      name: 'hands everything over twice',
      breaks: [],
      mutate: answering((answer) => (request, context) => {
        const first = answer(request, context)
        void answer(request, context).catch(() => {})
        return first
      }),
    }
    const outcomes = await runRouterContract(async () => openMutants(twice), patient)
    expect(outcomes.filter((outcome) => outcome.kind !== 'kept')).toEqual([])
  })

  it('has a mutant for every case', () => {
    const broken = new Set(mutants.flatMap(({ breaks }) => breaks.map((name) => `the router ${name}`)))
    expect(routerContractCases.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([])
  })

  it('gives every case a name of its own', () => {
    const names = routerContractCases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
