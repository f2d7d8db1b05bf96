// Mutants that count wrongly, lie about themselves, or do not know when to stop.
import { StorageError } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import type { Mutant } from './mutant.ts'

export const lifecycleMutants: readonly Mutant[] = [
  {
    name: 'does not know what it can do',
    breaks: 'says of itself what it was adopted with',
    mutate: (sound) => ({ capabilities: { ...sound.capabilities, shared: true } }),
  },
  {
    name: 'answers after it is closed',
    breaks: 'answers every call with storage_closed once it is closed',
    mutate: () => ({ close: async () => {} }),
  },
  {
    name: 'answers a call that has nothing to do after it is closed',
    breaks: 'answers every call with storage_closed once it is closed',
    mutate: (sound) => ({ commit: async (units) => (units.length === 0 ? [] : sound.commit(units)) }),
  },
  {
    name: 'does not count deleted entities',
    breaks: 'counts exactly what it holds',
    mutate: (sound) => ({
      stats: async () => {
        const stats = await sound.stats()
        return { ...stats, entities: Math.max(stats.entities - 1, 0) }
      },
    }),
  },
  {
    name: 'counts its own table of contents',
    breaks: 'counts nothing while it is empty',
    mutate: (sound) => ({
      stats: async () => {
        const stats = await sound.stats()
        return { ...stats, storedBytes: stats.storedBytes + 1 }
      },
    }),
  },
  {
    name: 'reports a sweep that found nothing as one that did',
    breaks: 'finds nothing to sweep when it is empty',
    mutate: (sound) => ({
      sweep: async (options) => {
        const result = await sound.sweep(options)
        return { ...result, expiredRefs: Math.max(result.expiredRefs, 1) }
      },
    }),
  },
  {
    name: 'rejects a second close',
    breaks: 'may be closed more than once',
    mutate: (sound) => ({
      close: async () => {
        await sound.stats().catch(() => Promise.reject(new StorageError('storage_closed', 'closed already')))
        await sound.close()
      },
    }),
  },
  {
    name: 'is empty when it is opened again',
    breaks: 'keeps everything when it is opened again',
    mutateAgain: () => {
      const empty = openMemoryStorage()
      return { stats: () => empty.stats(), readHeads: (entities) => empty.readHeads(entities) }
    },
  },
  {
    name: 'forgets event ids when it is opened again',
    breaks: 'goes on where it was when it is opened again',
    mutateAgain: (sound) => ({
      commit: (units) =>
        sound.commit(
          units.map((unit) => ({
            ...unit,
            events: unit.events.map((event) => ({ ...event, eventId: `${event.eventId}'` })),
          })),
        ),
    }),
  },
  {
    name: 'does not see what another opening writes',
    breaks: 'lets exactly one of many writers win across two openings of the same data',
    mutateAgain: () => {
      const alone = openMemoryStorage()
      return { commit: (units) => alone.commit(units) }
    },
  },
  {
    name: 'counts as orphaned whatever has no reference',
    breaks: 'counts a blob as orphaned once a sweep has marked it, not before',
    mutate: (sound) => ({
      stats: async () => {
        const stats = await sound.stats()
        return { ...stats, orphanedBlobs: Math.max(stats.blobs - stats.refs, stats.orphanedBlobs) }
      },
    }),
  },
]
