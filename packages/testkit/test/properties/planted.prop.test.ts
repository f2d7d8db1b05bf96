// Each property finds a bug that was planted for it; one that does not would hold of anything.
import { checkReplay } from '@perdure/testkit'
import type { OpenReplayStorage, StartHost } from '@perdure/testkit'
import { describe, expect, it } from 'vitest'
import { sessionSpec } from '../arbitraries/specs.ts'
import {
  blobCacheIsBelieved,
  expiredReadsAsNull,
  firstExpiryWins,
  overflowReadsAsJson,
  refusalIsRecorded,
} from '../simulate/planted/blob-bugs.ts'
import type { PlantedBug } from '../simulate/planted/planted-bug.ts'
import {
  batchLosesEffects,
  batchMixesParams,
  counterBelowZero,
  resurrectedBlob,
  snapshotForgetsReferences,
  staleSnapshot,
  ttlFromReplayTime,
  upcastsAreIgnored,
} from '../simulate/planted/replay-bugs.ts'
import { losesSurrogates, openBroken, releaseDeletes } from './broken-storages.ts'

const runtimes: readonly (readonly [number, PlantedBug])[] = [
  [12, counterBelowZero],
  [13, resurrectedBlob],
  [14, ttlFromReplayTime],
  [15, snapshotForgetsReferences],
  [16, staleSnapshot],
  [17, batchLosesEffects],
  [19, upcastsAreIgnored],
  [20, refusalIsRecorded],
  [21, batchMixesParams],
  [34, firstExpiryWins],
  [36, overflowReadsAsJson],
  [37, expiredReadsAsNull],
  [38, blobCacheIsBelieved],
]

async function outcomeOf(number: number, open: OpenReplayStorage, startHost?: StartHost) {
  const planted = startHost === undefined ? {} : { startHost }
  const options = { only: [number], counterexamples: false as const, numRuns: 1_000, seed: 1, ...planted }
  const { outcomes, holds } = await checkReplay(sessionSpec, open, options)
  expect(holds).toBe(false)
  return outcomes[0]
}

describe('each property finds what breaks it:', () => {
  it.each(runtimes.map(([number, bug]) => [number, bug.name, bug] as const))(
    'P%i, a runtime that %s',
    async (number, _, { startHost }) => {
      const outcome = await outcomeOf(number, () => openBroken(), startHost)
      expect(outcome).toMatchObject({ number, kind: 'fails' })
      if (outcome?.kind === 'fails') expect(outcome.run.steps.length).toBeLessThanOrEqual(6)
    },
  )

  it('P18, a storage that loses lone surrogates', async () => {
    expect(await outcomeOf(18, () => openBroken(losesSurrogates))).toMatchObject({ kind: 'fails' })
  })

  it('P33, a storage in which letting go of a content deletes it for everybody', async () => {
    expect(await outcomeOf(33, () => openBroken(releaseDeletes))).toMatchObject({ kind: 'fails' })
  })

  it('P35, a storage whose sweeps delete nothing', async () => {
    const open = (): ReturnType<typeof openBroken> =>
      openBroken((sound) => ({ sweep: (options) => sound.sweep({ ...options, graceMs: 1e15 }) }))
    expect(await outcomeOf(35, open)).toMatchObject({ kind: 'fails' })
  })
})

it('says of what it cannot try, and why', async () => {
  const { outcomes, holds } = await checkReplay(sessionSpec, () => openBroken().storage, {
    only: [22, 38],
    counterexamples: false,
  })
  expect(holds).toBe(true)
  expect(outcomes.map((outcome) => (outcome.kind === 'skipped' ? outcome.reason : ''))).toEqual([
    'events are never deleted, and nothing truncates them',
    'the storage offers no way to damage blobs behind its back',
  ])
})
