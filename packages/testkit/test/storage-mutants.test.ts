// The contract tested: a sound storage keeps every promise, each broken one is caught, and every case can fail.
import { describe, expect, it } from 'vitest'
import { runContract, storageContractCases } from '@perdure/testkit'
import type { CaseOutcome, ContractCase, ContractSettings } from '@perdure/testkit'
import { blobMutants } from './mutants/blob-mutants.ts'
import { commitMutants } from './mutants/commit-mutants.ts'
import { consumerMutants } from './mutants/consumer-mutants.ts'
import { eraseMutants } from './mutants/erase-mutants.ts'
import { leaseMutants } from './mutants/lease-mutants.ts'
import { lifecycleMutants } from './mutants/lifecycle-mutants.ts'
import { logMutants } from './mutants/log-mutants.ts'
import { openMutant } from './mutants/mutant.ts'
import type { Mutant } from './mutants/mutant.ts'
import { pruneMutants } from './mutants/prune-mutants.ts'
import { positionMutants } from './mutants/position-mutants.ts'
import { readMutants } from './mutants/read-mutants.ts'
import { refusalMutants } from './mutants/refusal-mutants.ts'
import { snapshotMutants } from './mutants/snapshot-mutants.ts'
import { valueMutants } from './mutants/value-mutants.ts'
import { verifyMutants } from './mutants/verify-mutants.ts'

const mutants: readonly Mutant[] = [
  ...commitMutants,
  ...refusalMutants,
  ...positionMutants,
  ...readMutants,
  ...logMutants,
  ...consumerMutants,
  ...leaseMutants,
  ...snapshotMutants,
  ...blobMutants,
  ...pruneMutants,
  ...valueMutants,
  ...lifecycleMutants,
  ...eraseMutants,
  ...verifyMutants,
]

const settings: ContractSettings = { off: {}, numRuns: 25, patienceMs: 300 }

async function outcomeOf(mutant: Mutant, contractCase: ContractCase): Promise<CaseOutcome | undefined> {
  return (await runContract(async () => openMutant(mutant), settings, [contractCase]))[0]
}

function caseNamed(name: string): ContractCase {
  const found = storageContractCases.find((contractCase) => contractCase.name === `the storage ${name}`)
  if (found === undefined) throw new Error(`no case is named "the storage ${name}"`)
  return found
}

describe('the storage contract', { timeout: 240_000 }, () => {
  for (const mutant of mutants)
    it(`catches a storage that ${mutant.name}`, async () => {
      const outcome = await outcomeOf(mutant, caseNamed(mutant.breaks))
      expect(outcome?.kind, `the outcome of "${mutant.breaks}"`).toBe('broken')
    })

  it('passes the sound storage that the mutants are made of', async () => {
    const outcomes = await runContract(
      async () => openMutant({ name: 'is sound', breaks: 'nothing' }),
      settings,
    )
    expect(outcomes.filter((outcome) => outcome.kind !== 'kept')).toEqual([])
  })

  it('has no case that every mutant passes', async () => {
    const named = new Set(mutants.map((mutant) => `the storage ${mutant.breaks}`))
    const toothless: string[] = []
    for (const contractCase of storageContractCases.filter(({ name }) => !named.has(name))) {
      let caught = false
      for (const mutant of mutants) caught ||= (await outcomeOf(mutant, contractCase))?.kind === 'broken'
      if (!caught) toothless.push(contractCase.name)
    }
    expect(toothless).toEqual([])
  })

  it('gives every case a name of its own', () => {
    const names = storageContractCases.map((contractCase) => contractCase.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('finds most of what goes wrong with blobs by random histories alone', async () => {
    const random = caseNamed('does what the model does, whatever the history')
    let caught = 0
    // No further than to more than half: a history that goes wrong is made small first, which takes a while.
    for (const mutant of blobMutants) {
      if (caught > blobMutants.length / 2) break
      if ((await outcomeOf(mutant, random))?.kind === 'broken') caught++
    }
    expect(caught).toBeGreaterThan(blobMutants.length / 2)
  })
})
