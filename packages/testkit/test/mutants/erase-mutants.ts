// Mutants that erase too much, too little, or forget that they did.
import type { EntityKey, Storage } from '@perdure/core'
import type { MemoryStorage } from '@perdure/core/memory'
import type { Mutant } from './mutant.ts'

/** Erases after, or before, something else. */
function erasing(
  also: (sound: MemoryStorage, entity: EntityKey) => Promise<unknown>,
): NonNullable<Mutant['mutate']> {
  return (sound: MemoryStorage): Partial<Storage> => ({
    erase: async (entity, options) => {
      const result = await sound.erase(entity, options)
      await also(sound, entity)
      return result
    },
  })
}

const everything =
  'erases the events, the snapshot, the references and the contents of an entity, and counts them'

export const eraseMutants: readonly Mutant[] = [
  {
    name: 'erases the neighbour too',
    breaks: 'leaves every other entity as it was when it erases one',
    mutate: erasing((sound, { tenant, type }) => sound.erase({ tenant, type, id: 's-2' }, { at: 1 })),
  },
  {
    name: 'erases the namesake of another tenant',
    breaks: 'leaves every other entity as it was when it erases one',
    mutate: erasing((sound, entity) => sound.erase({ ...entity, tenant: 'tenant-b' }, { at: 1 })),
  },
  {
    name: 'erases content that another entity holds',
    breaks: 'leaves every other entity as it was when it erases one',
    mutate: (sound) => {
      const claimed: { readonly tenant: string; readonly hash: string }[] = []
      return {
        commit: (units) => {
          for (const { entity, claims } of units)
            for (const { hash } of claims) claimed.push({ tenant: entity.tenant, hash })
          return sound.commit(units)
        },
        erase: async (entity, options) => {
          for (const { tenant, hash } of claimed) sound.tamper.deleteBlob(tenant, hash)
          return sound.erase(entity, options)
        },
      }
    },
  },
  {
    name: 'leaves the snapshot of an erased entity',
    breaks: everything,
    mutate: (sound) => {
      let erased = 0
      return {
        erase: async (entity, options) => {
          erased++
          return sound.erase(entity, options)
        },
        stats: async () => {
          const stats = await sound.stats()
          return { ...stats, snapshots: stats.snapshots + erased }
        },
      }
    },
  },
  {
    name: 'leaves the references of an erased entity',
    breaks: everything,
    mutate: (sound) => {
      const erased = new Set<string>()
      return {
        erase: async (entity, options) => {
          erased.add(JSON.stringify(entity))
          return sound.erase(entity, options)
        },
        findMissingClaims: async (entity, claims) =>
          erased.has(JSON.stringify(entity)) ? [] : sound.findMissingClaims(entity, claims),
      }
    },
  },
  {
    name: 'deletes an entity instead of erasing it',
    breaks: everything,
    mutate: (sound) => ({
      erase: async (entity, options) => {
        const [head] = await sound.readHeads([entity])
        return head && { entity, erasedAt: options.at, events: 0, snapshots: 0, references: 0, blobs: 0 }
      },
    }),
  },
  {
    name: 'leaves what an erased entity had let go of',
    breaks: 'erases what the entity had let go of before, unless it is to be left to a sweep',
    mutate: (sound) => ({
      erase: (entity, options) => sound.erase(entity, { ...options, leaveOrphans: true }),
    }),
  },
  {
    name: 'erases whatever nothing refers to',
    breaks: 'leaves content that another entity has let go of to a sweep, with its grace, when it erases one',
    mutate: (sound) => ({
      erase: async (entity, options) => {
        const erasure = await sound.erase(entity, options)
        await sound.sweep({ now: options.at })
        await sound.sweep({ now: options.at })
        return erasure
      },
    }),
  },
  {
    name: 'hides the positions of an erased entity and all behind them',
    breaks: 'passes over erased positions when the log is read, and tells of the erasure at its end',
    mutate: (sound) => ({
      readLog: async (range) => {
        const page = await sound.readLog(range)
        const gap = page.entries.findIndex(
          ({ position }, index) => position !== range.after + BigInt(index) + 1n,
        )
        return gap === -1 ? page : { ...page, entries: page.entries.slice(0, gap) }
      },
    }),
  },
  {
    name: 'takes erased positions for lost ones',
    breaks: 'does not take erased events for lost ones',
    mutate: (sound) => ({
      verify: async (options) => {
        const report = await sound.verify(options)
        const missing = report.positions - BigInt(report.events)
        if (missing === 0n) return report
        return {
          ...report,
          findings: [{ kind: 'missing_positions', from: 1n, to: missing }],
          findingCount: 1,
        }
      },
    }),
  },
  {
    name: 'erases anew each time it is asked',
    breaks: 'answers a repeated erasure as the first time, and one of nobody with nothing',
    mutate: (sound) => ({
      erase: async (entity, options) => {
        const result = await sound.erase(entity, options)
        return result && { ...result, erasedAt: options.at }
      },
    }),
  },
  {
    name: 'gives the id of an erased entity out again',
    breaks: 'never gives out the id of an erased entity again',
    mutate: (sound) => ({
      commit: async (units) => {
        const heads = await sound.readHeads(units.map(({ entity }) => entity))
        const results = await sound.commit(units)
        return results.map((result, index) =>
          heads[index]?.erasedAt === undefined ? result : { kind: 'committed', firstPosition: 8n },
        )
      },
    }),
  },
  {
    name: 'keeps no head of an erased entity',
    breaks: 'keeps of an erased entity its head, deleted, at the next version, and one event',
    mutate: (sound) => ({
      readHeads: async (entities) =>
        (await sound.readHeads(entities)).map((head) => (head?.erasedAt === undefined ? head : undefined)),
    }),
  },
  {
    name: 'takes content from a host that still has the erased entity',
    breaks: 'answers a host that still has the entity with a conflict, and takes nothing from it',
    mutate: (sound) => ({ restoreClaims: async (...args) => (await sound.restoreClaims(...args), true) }),
  },
  {
    name: 'erases only what lives',
    breaks: 'erases a deleted entity too',
    mutate: (sound) => ({
      erase: async (entity, options) => {
        const [head] = await sound.readHeads([entity])
        return head?.deletedAt === undefined || head.erasedAt !== undefined
          ? sound.erase(entity, options)
          : undefined
      },
    }),
  },
  {
    name: 'loses the contents of others while it erases',
    breaks: 'loses nothing of others while it erases',
    mutate: (sound) => {
      const claimed: { readonly tenant: string; readonly hash: string }[] = []
      return {
        commit: async (units) => {
          for (const { entity, claims } of units)
            for (const { hash } of claims) claimed.push({ tenant: entity.tenant, hash })
          return sound.commit(units)
        },
        erase: async (entity, options) => {
          const result = await sound.erase(entity, options)
          for (const { tenant, hash } of claimed) sound.tamper.corruptBlob(tenant, hash)
          return result
        },
      }
    },
  },
]
