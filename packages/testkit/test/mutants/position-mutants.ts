// Mutants that number events wrongly.
import type { Mutant } from './mutant.ts'

export const positionMutants: readonly Mutant[] = [
  {
    name: 'skips every other position',
    breaks: 'numbers events from 1 without gaps, in commit order',
    mutate: (sound) => ({
      commit: async (units) =>
        (await sound.commit(units)).map((result) =>
          result.kind === 'committed' ? { ...result, firstPosition: result.firstPosition * 2n - 1n } : result,
        ),
      stats: async () => {
        const stats = await sound.stats()
        return { ...stats, lastPosition: stats.lastPosition * 2n }
      },
    }),
  },
  {
    name: 'takes positions before it knows who wins',
    breaks: 'gives no position to conflicts, refused units and repeats',
    mutate: (sound) => {
      let next = 1n
      return {
        commit: async (units) => {
          const first = units.map(({ events }) => {
            const position = next
            next += BigInt(events.length)
            return position
          })
          const results = await sound.commit(units)
          return results.map((result, index) =>
            result.kind === 'committed' ? { kind: 'committed', firstPosition: first[index] ?? 0n } : result,
          )
        },
      }
    },
  },
  {
    name: 'counts positions from 0',
    breaks: 'creates an entity with its first unit',
    mutate: (sound) => ({
      commit: async (units) =>
        (await sound.commit(units)).map((result) =>
          result.kind === 'committed' ? { ...result, firstPosition: result.firstPosition - 1n } : result,
        ),
    }),
  },
]
