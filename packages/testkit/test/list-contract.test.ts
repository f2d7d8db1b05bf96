// What a storage lacks is said aloud: a contract that is kept in part must not look like one that is kept.
import { storageContractCases } from '@perdure/testkit'
import { describe, expect, it } from 'vitest'
import { listContract } from '../src/storage-contract/list-contract.ts'

describe('the list of a contract', () => {
  it('is every case, to be run, when nothing is off', () => {
    expect(listContract({ off: {} }).map(({ run }) => run)).toEqual(storageContractCases)
  })

  it('says which feature is off and why, for itself and on each case that needs it', () => {
    const lines = listContract({
      off: { shared: 'one process owns it', survivesPowerLoss: 'it never syncs' },
    })
    const skipped = lines.filter(({ run }) => run === undefined).map(({ title }) => title)
    const needing = storageContractCases.filter(({ needs }) => needs === 'shared')
    expect(needing.length).toBeGreaterThan(1)
    expect(skipped).toEqual([
      '[shared is off: one process owns it]',
      '[survivesPowerLoss is off: it never syncs]',
      ...needing.map(({ group, name }) => `${group}: ${name} [shared is off: one process owns it]`),
    ])
    expect(lines).toHaveLength(storageContractCases.length + 2)
  })
})
