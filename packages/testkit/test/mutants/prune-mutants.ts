// Mutants that let go of the wrong things, or say that they did what they did not.
import type { EntityKey, PruneOptions, PruneResult, Storage } from '@perdure/core'
import type { MemoryStorage } from '@perdure/core/memory'
import type { Mutant } from './mutant.ts'

/** Overrides of `prune` that change what it is told. */
function told(change: (options: PruneOptions) => PruneOptions): NonNullable<Mutant['mutate']> {
  return (sound) => ({ prune: (options) => sound.prune(change(options)) })
}

/** Overrides of `prune` that change what it answers. */
function answering(change: (result: PruneResult) => PruneResult): NonNullable<Mutant['mutate']> {
  return (sound) => ({ prune: async (options) => change(await sound.prune(options)) })
}

function without(options: PruneOptions, option: keyof PruneOptions): PruneOptions {
  const { [option]: _, ...rest } = options
  return rest as PruneOptions
}

interface SeenHold {
  readonly entity: EntityKey
  readonly hash: string
  readonly at: number
  readonly isPermanent: boolean
}

/** A storage that remembers what was claimed when, and can lose it. */
function remembering(
  sound: MemoryStorage,
  prune: (holds: readonly SeenHold[], options: PruneOptions) => Promise<PruneResult>,
): Partial<Storage> {
  const holds: SeenHold[] = []
  return {
    commit: (units) => {
      for (const { entity, claims, events } of units)
        for (const { hash, expiresAt } of claims) {
          const at = events.at(-1)?.at ?? 0
          holds.push({ entity, hash, at, isPermanent: expiresAt === undefined })
        }
      return sound.commit(units)
    },
    prune: (options) => prune(holds, options),
  }
}

function lose(sound: MemoryStorage, holds: readonly SeenHold[]): void {
  for (const { entity, hash } of holds) sound.tamper.deleteBlob(entity.tenant, hash)
}

const nothingDone: PruneResult = {
  outcome: 'done',
  expiredRefs: 0,
  agedRefs: 0,
  cappedRefs: 0,
  orphanedBlobs: 0,
  deletedBlobs: 0,
  freedBytes: 0,
  unmetBytes: 0,
}

export const pruneMutants: readonly Mutant[] = [
  {
    name: 'forgets to sweep when it prunes',
    breaks: 'does what a sweep does when a prune is given no limits',
    mutate: () => ({ prune: async () => nothingDone }),
  },
  {
    name: 'prunes a moment late',
    breaks: 'prunes a reference when it has reached the age, not before',
    mutate: told((options) =>
      options.maxAgeMs === undefined ? options : { ...options, maxAgeMs: options.maxAgeMs + 1 },
    ),
  },
  {
    name: 'prunes permanent references for their age',
    breaks: 'never prunes a permanent reference of an entity that lives',
    mutate: (sound) =>
      remembering(sound, async (holds, options) => {
        const due = options.now - (options.maxAgeMs ?? Infinity)
        lose(
          sound,
          holds.filter(({ isPermanent, at }) => isPermanent && at <= due),
        )
        return sound.prune(options)
      }),
  },
  {
    name: 'keeps the permanent references of deleted entities',
    breaks: 'prunes permanent references of deleted entities',
    mutate: (sound) => ({
      commit: (units) =>
        sound.commit(
          units.map((unit) => {
            const { deletedAt: _, ...alive } = unit
            return alive
          }),
        ),
    }),
  },
  {
    name: 'judges content by its newest reference instead of each by itself',
    breaks: 'prunes the cold references of content that many hot ones hold, and keeps the content',
    mutate: (sound) =>
      remembering(sound, async (holds, options) => {
        const hashes = new Set(holds.map(({ hash }) => hash))
        return sound.prune(hashes.size < holds.length ? without(options, 'maxAgeMs') : options)
      }),
  },
  {
    name: 'judges content by its oldest reference instead of each by itself',
    breaks: 'prunes the cold references of content that many hot ones hold, and keeps the content',
    mutate: (sound) =>
      remembering(sound, async (holds, options) => {
        const result = await sound.prune(options)
        const due = options.now - (options.maxAgeMs ?? Infinity)
        lose(
          sound,
          holds.filter(({ isPermanent, at }) => !isPermanent && at <= due),
        )
        return result
      }),
  },
  {
    name: 'knows only when a reference was first made',
    breaks: 'counts a claim made again as a new reference',
    mutate: (sound) => ({
      commit: async (units) =>
        sound.commit(
          await Promise.all(
            units.map(async (unit) => ({
              ...unit,
              claims: await sound.findMissingClaims(unit.entity, unit.claims),
            })),
          ),
        ),
    }),
  },
  {
    name: 'lets the time of the last claim count, wherever its clock stood',
    breaks: 'takes no reference for older when the clock of a later claim was behind',
    mutate: (sound) =>
      remembering(sound, async (holds, options) => {
        const result = await sound.prune(options)
        const due = options.now - (options.maxAgeMs ?? Infinity)
        const last = new Map(holds.map((hold) => [hold.hash, hold]))
        lose(
          sound,
          [...last.values()].filter(({ at }) => at <= due),
        )
        return result
      }),
  },
  {
    name: 'takes what is restored for referred to anew',
    breaks: 'does not count reading nor restoring as a new reference',
    mutate: (sound) => {
      let isRestored = false
      return {
        restoreClaims: (...args) => {
          isRestored = true
          return sound.restoreClaims(...args)
        },
        prune: (options) => sound.prune(isRestored ? without(options, 'maxAgeMs') : options),
      }
    },
  },
  {
    name: 'prunes for bytes what was referred to last',
    breaks: 'prunes for bytes what was referred to least recently, and no more than it takes',
    mutate: (sound) =>
      remembering(sound, async (holds, options) => {
        const { storedBytes } = await sound.stats()
        if (storedBytes <= (options.maxStoredBytes ?? Infinity)) return nothingDone
        const newest = holds.toSorted((one, other) => other.at - one.at)
        lose(sound, newest.slice(0, 1))
        return { ...nothingDone, cappedRefs: 1, orphanedBlobs: 1, deletedBlobs: 1, freedBytes: 1 }
      }),
  },
  {
    name: 'prunes more for bytes than it takes',
    breaks: 'prunes for bytes what was referred to least recently, and no more than it takes',
    mutate: told((options) => ({ ...options, maxStoredBytes: 0 })),
  },
  {
    name: 'prunes something though everything fits',
    breaks: 'prunes for bytes what was referred to least recently, and no more than it takes',
    mutate: told(({ maxStoredBytes = 1, ...options }) => ({
      ...options,
      maxStoredBytes: maxStoredBytes - 1,
    })),
  },
  {
    name: 'takes a reference for as many bytes as its content',
    breaks: 'frees content for bytes only with its last reference',
    mutate: answering((result) => ({ ...result, cappedRefs: Math.min(result.cappedRefs, 1) })),
  },
  {
    name: 'forces a cap by deleting what lives',
    breaks: 'reports by how much a cap is not met, and forces nothing',
    mutate: (sound) =>
      remembering(sound, async (holds, options) => {
        const result = await sound.prune(options)
        if (result.unmetBytes > 0) lose(sound, holds)
        return result
      }),
  },
  {
    name: 'keeps it to itself when a cap is not met',
    breaks: 'reports by how much a cap is not met, and forces nothing',
    mutate: answering((result) => ({ ...result, unmetBytes: 0 })),
  },
  {
    name: 'counts against a cap what waits for the end of its grace period',
    breaks: 'does not count against a cap what waits for the end of its grace period',
    mutate: (sound) => ({
      prune: async (options) => {
        const { orphanedBlobs } = await sound.stats()
        return sound.prune(orphanedBlobs > 0 ? { ...options, maxStoredBytes: 0 } : options)
      },
    }),
  },
  {
    name: 'does what it should only try out',
    breaks: 'answers a dry run as the real one, and changes nothing',
    mutate: told((options) => without(options, 'dryRun')),
  },
  {
    name: 'sweeps what it should only try out',
    breaks: 'answers a dry run of a sweep as the real one, and changes nothing',
    mutate: (sound) => ({ sweep: (options) => sound.sweep(without(options, 'dryRun')) }),
  },
  {
    name: 'counts one aged reference too many',
    breaks: 'answers a dry run as the real one, and changes nothing',
    mutate: (sound) => ({
      prune: async (options) => {
        const result = await sound.prune(options)
        return options.dryRun === true ? result : { ...result, agedRefs: result.agedRefs + 1 }
      },
    }),
  },
  {
    name: 'reports no progress',
    breaks: 'reports how far it has come, up to what it answers',
    mutate: told((options) => without(options, 'onProgress')),
  },
  {
    name: 'prunes on when it is aborted',
    breaks: 'prunes nothing once it is aborted, and says so',
    mutate: told((options) => without(options, 'signal')),
  },
  {
    name: 'says it was done when it was aborted',
    breaks: 'ends a prune early when it is aborted, and answers what it did',
    mutate: answering((result) => ({ ...result, outcome: 'done' })),
  },
  {
    name: 'says that a prune that was skipped is done',
    breaks: 'skips a sweep and a prune while another one is under way',
    mutate: answering((result) => ({ ...result, outcome: 'done' })),
  },
  {
    name: 'stays locked after its first sweep',
    breaks: 'skips a sweep and a prune while another one is under way',
    mutate: (sound) => {
      let sweeps = 0
      return {
        sweep: async (options) => {
          const result = await sound.sweep(options)
          sweeps += options.dryRun === true ? 0 : 1
          return sweeps > 1 ? { ...result, outcome: 'skipped' as const } : result
        },
      }
    },
  },
  {
    name: 'knows nothing of what another opening is at',
    breaks: 'skips a sweep and a prune while another opening of the same data is at it',
    mutateAgain: () => ({ prune: async () => nothingDone }),
  },
  {
    name: 'makes the best of options that make no sense',
    breaks: 'refuses a sweep or a prune with options that make no sense',
    mutate: (sound) => ({ prune: (options) => sound.prune(options).catch(() => nothingDone) }),
  },
]
