// Mutants that look themselves through and see what they like.
import type { Storage, VerifyReport } from '@perdure/core'
import type { MemoryStorage } from '@perdure/core/memory'
import { turn } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** Verifies, and changes the report. */
function reporting(change: (report: VerifyReport) => Partial<VerifyReport>): NonNullable<Mutant['mutate']> {
  return (sound: MemoryStorage): Partial<Storage> => ({
    verify: async (options) => {
      const report = await sound.verify(options)
      return { ...report, ...change(report) }
    },
  })
}

export const verifyMutants: readonly Mutant[] = [
  {
    name: 'sees nothing when it verifies itself',
    breaks: 'finds damaged contents, each with tenant and hash, and keeps as many as it was asked to',
    mutate: reporting(() => ({ findings: [], findingCount: 0 })),
  },
  {
    name: 'keeps every finding',
    breaks: 'finds damaged contents, each with tenant and hash, and keeps as many as it was asked to',
    mutate: (sound) => ({ verify: (options) => sound.verify({ ...options, maxFindings: 1_000 }) }),
  },
  {
    name: 'counts the events of living entities only',
    breaks: 'counts what it looked at, and finds nothing wrong with what is sound',
    mutate: reporting(({ events }) => ({ events: Math.max(events - 2, 0) })),
  },
  {
    name: 'says that it looked at everything, though it was stopped',
    breaks: 'ends early once the signal fires, and says so',
    mutate: reporting(() => ({ isComplete: true })),
  },
  {
    name: 'reads every blob, whatever the sample',
    breaks: 'reads the bytes of a sample of blobs, another where it begins elsewhere',
    mutate: (sound) => ({ verify: ({ sample: _sample, ...options } = {}) => sound.verify(options) }),
  },
  {
    name: 'takes every sample from the beginning',
    breaks: 'reads the bytes of a sample of blobs, another where it begins elsewhere',
    mutate: (sound) => ({ verify: (options) => sound.verify({ ...options, sampleFrom: 0 }) }),
  },
  {
    name: 'keeps how far it has come to itself',
    breaks: 'tells how far it has come, part by part',
    mutate: (sound) => ({ verify: ({ onProgress: _silent, ...options } = {}) => sound.verify(options) }),
  },
  {
    name: 'verifies by whatever options it is given',
    breaks: 'refuses to look at a part of a blob, or at more than all of them',
    mutate: (sound) => ({ verify: (options) => sound.verify(options).catch(() => sound.verify()) }),
  },
  {
    name: 'compares what it counted before with what it counts now',
    breaks: 'finds nothing wrong while others commit, release and sweep',
    mutate: (sound) => ({
      verify: async (options) => {
        const before = await sound.stats()
        await turn()
        const report = await sound.verify(options)
        const grown = report.positions - before.lastPosition
        if (grown === 0n) return report
        return {
          ...report,
          findings: [{ kind: 'missing_positions', from: before.lastPosition + 1n, to: report.positions }],
          findingCount: 1,
        }
      },
    }),
  },
  {
    name: 'finds its own emptiness suspicious',
    breaks: 'finds nothing wrong with nothing',
    mutate: reporting(({ positions }) =>
      positions === 0n ? { findings: [{ kind: 'misplaced_position', position: 0n }], findingCount: 1 } : {},
    ),
  },
]
