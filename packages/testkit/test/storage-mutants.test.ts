// The contract tested: a sound storage keeps every promise, and each broken one is caught by the case it breaks.
import { describe, expect, it } from 'vitest'
import { runContract, storageContractCases } from '@perdure/testkit'
import type { ContractSettings } from '@perdure/testkit'
import { blobMutants } from './mutants/blob-mutants.ts'
import { commitMutants } from './mutants/commit-mutants.ts'
import { openMutant } from './mutants/mutant.ts'
import type { Mutant } from './mutants/mutant.ts'
import { positionMutants } from './mutants/position-mutants.ts'
import { readMutants } from './mutants/read-mutants.ts'
import { snapshotMutants } from './mutants/snapshot-mutants.ts'
import { valueMutants } from './mutants/value-mutants.ts'

const mutants: readonly Mutant[] = [
  ...commitMutants,
  ...positionMutants,
  ...readMutants,
  ...snapshotMutants,
  ...blobMutants,
  ...valueMutants,
]

const settings: ContractSettings = {
  off: { durable: 'memory', survivesPowerLoss: 'memory', shared: 'memory' },
  numRuns: 100,
}

function casesNamed(name: string): typeof storageContractCases {
  return storageContractCases.filter((contractCase) => contractCase.name === `the storage ${name}`)
}

describe('the storage contract', () => {
  it.each(mutants)('catches a storage that $name', async (mutant) => {
    const [outcome] = await runContract(async () => openMutant(mutant), settings, casesNamed(mutant.breaks))
    expect(outcome?.kind, `the outcome of "${mutant.breaks}"`).toBe('broken')
  })

  it('passes the sound storage that the mutants are made of', async () => {
    const sound: Mutant = { name: 'is sound', breaks: 'nothing', mutate: () => ({}) }
    const cases = mutants.flatMap((mutant) => casesNamed(mutant.breaks))
    const outcomes = await runContract(async () => openMutant(sound), settings, [...new Set(cases)])
    expect(outcomes.filter((outcome) => outcome.kind !== 'kept')).toEqual([])
  })

  it('gives every case a name of its own', () => {
    const names = storageContractCases.map((contractCase) => contractCase.name)
    expect(new Set(names).size).toBe(names.length)
  })
})
