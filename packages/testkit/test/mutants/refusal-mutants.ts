// Mutants that take what must be refused, or refuse too much.
import { StorageError } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { oneByOne, renumbered } from './mutant.ts'
import type { Mutant } from './mutant.ts'

export const refusalMutants: readonly Mutant[] = [
  {
    name: 'rejects the whole commit when one unit is refused',
    breaks: 'commits the neighbours of a refused unit',
    mutate: (sound) => ({
      commit: async (units) => {
        const results = await oneByOne(openMemoryStorage(), units)
        for (const result of results) if (result.kind === 'refused') throw result.error
        return sound.commit(units)
      },
    }),
  },
  {
    name: 'numbers events whatever their sequence says',
    breaks: 'refuses a unit whose sequences leave a gap',
    mutate: (sound) => ({
      commit: (units) => sound.commit(units.map((unit) => renumbered(unit, unit.expectedVersion))),
    }),
  },
  {
    name: 'takes events of any size',
    breaks: 'refuses an event over the limit of 16 MiB and commits its neighbours',
    mutate: () => {
      const boundless = openMemoryStorage({ maxEventBytes: Infinity })
      return { commit: (units) => boundless.commit(units), readHeads: (keys) => boundless.readHeads(keys) }
    },
  },
  {
    name: 'drops a claim without content and commits the rest',
    breaks: 'refuses a claim on content that is neither stored nor sent along',
    mutate: (sound) => ({
      commit: async (units) =>
        sound.commit(
          await Promise.all(
            units.map(async (unit) => {
              const there = await Promise.all(
                unit.claims.map(
                  async ({ hash }) =>
                    unit.blobs.some((blob) => blob.hash === hash) ||
                    (await sound.readBlob(unit.entity.tenant, hash)) !== undefined,
                ),
              )
              return { ...unit, claims: unit.claims.filter((_, index) => there[index]) }
            }),
          ),
        ),
    }),
  },
  {
    name: 'lets an entity come back after its tombstone',
    breaks: 'refuses whatever follows a tombstone',
    mutate: (sound) => ({
      commit: async (units) => {
        const heads = await sound.readHeads(units.map((unit) => unit.entity))
        const results = await sound.commit(units)
        return results.map((result, index) =>
          result.kind === 'refused' && heads[index]?.deletedAt !== undefined
            ? { kind: 'committed', firstPosition: 1n }
            : result,
        )
      },
    }),
  },
  {
    name: 'rejects a commit of nothing',
    breaks: 'answers a commit of no units with no results',
    mutate: (sound) => ({
      commit: async (units) => {
        if (units.length === 0) throw new StorageError('storage_failed', 'nothing to commit')
        return sound.commit(units)
      },
    }),
  },
  {
    name: 'drops claims beyond the parameters of a statement',
    breaks: 'takes a unit of more claims than a statement has parameters',
    mutate: (sound) => ({
      commit: (units) =>
        sound.commit(
          units.map((unit) => ({ ...unit, claims: unit.claims.slice(0, Math.floor(65_535 / 4)) })),
        ),
    }),
  },
]
