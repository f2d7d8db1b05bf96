// Mutants that lose, leak or share blobs.
import { hashContent } from '@perdure/core'
import type { CommitUnit, EntityKey, RefClaim, Storage } from '@perdure/core'
import type { MemoryStorage } from '@perdure/core/memory'
import type { Mutant } from './mutant.ts'

/** Overrides of `commit` that change the units first. */
function committing(
  sound: Storage,
  change: (unit: CommitUnit) => CommitUnit | Promise<CommitUnit>,
): Partial<Storage> {
  return { commit: async (units) => sound.commit(await Promise.all(units.map(async (unit) => change(unit)))) }
}

/** Every claim that a mutant has seen committed. */
class SeenClaims {
  readonly #sound: MemoryStorage
  readonly seen: { readonly entity: EntityKey; readonly claim: RefClaim }[] = []

  constructor(sound: MemoryStorage) {
    this.#sound = sound
  }

  readonly commit: Storage['commit'] = (units) => {
    for (const { entity, claims } of units) for (const claim of claims) this.seen.push({ entity, claim })
    return this.#sound.commit(units)
  }

  /** Deletes the blobs of the claims that fit, whoever refers to them. */
  async delete(fits: (entity: EntityKey, claim: RefClaim) => boolean | Promise<boolean>): Promise<void> {
    for (const { entity, claim } of this.seen)
      if (await fits(entity, claim)) this.#sound.tamper.deleteBlob(entity.tenant, claim.hash)
  }

  /** Whether nothing that was seen holds the content. */
  async isOrphan({ tenant }: EntityKey, hash: string): Promise<boolean> {
    for (const { entity, claim } of this.seen)
      if (entity.tenant === tenant && claim.hash === hash)
        if ((await this.#sound.findMissingClaims(entity, [claim])).length === 0) return false
    return true
  }
}

export const blobMutants: readonly Mutant[] = [
  {
    name: 'says that nothing is claimed, whatever is',
    breaks: 'is certain that an entity holds no claims only while that is so',
    mutate: (sound) => ({
      load: async (entity, options) => {
        const loaded = await sound.load(entity, options)
        return loaded && { ...loaded, holdsNoClaims: true }
      },
    }),
  },
  {
    name: 'lets the first expiry of a claim win',
    breaks: 'lets a later claim of the same field lengthen its time',
    mutate: (sound) =>
      committing(sound, async (unit) => ({
        ...unit,
        claims: await sound.findMissingClaims(unit.entity, unit.claims),
      })),
  },
  {
    name: 'only ever lengthens the time of a claim',
    breaks: 'lets a later claim of the same field shorten its time',
    mutate: (sound) => {
      const longest = new Map<string, number>()
      return committing(sound, (unit) => ({
        ...unit,
        claims: unit.claims.map(({ field, hash, expiresAt = Infinity }) => {
          const name = JSON.stringify([unit.entity, field, hash])
          longest.set(name, Math.max(longest.get(name) ?? 0, expiresAt))
          return { field, hash, expiresAt: longest.get(name) ?? expiresAt }
        }),
      }))
    },
  },
  {
    name: 'forgets releases',
    breaks: 'takes claims and releases together with the events',
    mutate: (sound) => committing(sound, (unit) => ({ ...unit, releases: [] })),
  },
  {
    name: 'forgets claims',
    breaks: 'takes claims and releases together with the events',
    mutate: (sound) => committing(sound, (unit) => ({ ...unit, claims: [] })),
  },
  {
    name: 'releases content for every field of the entity',
    breaks: 'releases the one field of the one entity',
    mutate: (sound) => {
      const seen = new SeenClaims(sound)
      return {
        commit: (units) =>
          seen.commit(
            units.map((unit) => {
              const same = ({ hash }: RefClaim): boolean =>
                unit.releases.some((release) => release.hash === hash)
              return { ...unit, releases: seen.seen.map(({ claim }) => claim).filter(same) }
            }),
          ),
      }
    },
  },
  {
    name: 'takes the tenant out of the key of a blob',
    breaks: 'never shares content across tenants',
    mutate: (sound) => {
      const tenants = new Set<string>()
      return {
        ...committing(sound, (unit) => {
          tenants.add(unit.entity.tenant)
          return unit
        }),
        readBlob: async (tenant, hash) => {
          for (const any of [tenant, ...tenants]) {
            const bytes = await sound.readBlob(any, hash)
            if (bytes !== undefined) return bytes
          }
          return undefined
        },
      }
    },
  },
  {
    name: 'stores content once a reference',
    breaks: 'stores content once a tenant, however many fields hold it',
    mutate: (sound) => ({
      stats: async () => {
        const stats = await sound.stats()
        return { ...stats, blobs: stats.refs, blobBytes: stats.referencedBytes }
      },
    }),
  },
  {
    name: 'gives out blobs unverified',
    breaks: 'does not give out content that is corrupt',
    mutate: (sound) => ({
      readBlob: (tenant, hash) => sound.readBlob(tenant, hash).catch(() => new Uint8Array(1)),
    }),
  },
  {
    name: 'takes hashes for case-insensitive',
    breaks: 'reads nothing under a hash it does not hold',
    mutate: (sound) => ({ readBlob: (tenant, hash) => sound.readBlob(tenant, hash.toLowerCase()) }),
  },
  {
    name: 'believes its references and does not look for lost content',
    breaks: 'finds claims missing whose content was lost',
    mutate: (sound) => {
      const seen = new SeenClaims(sound)
      return {
        commit: seen.commit,
        findMissingClaims: async (_, claims) =>
          claims.filter(({ hash }) => seen.seen.every(({ claim }) => claim.hash !== hash)),
      }
    },
  },
  {
    name: 'sweeps content as soon as one of its references ends',
    breaks: 'keeps content that a permanent reference holds beside one that ends',
    mutate: (sound) => {
      const seen = new SeenClaims(sound)
      return {
        commit: seen.commit,
        sweep: async (options) => {
          const result = await sound.sweep(options)
          await seen.delete((_, { expiresAt }) => expiresAt !== undefined && expiresAt <= options.now)
          return result
        },
      }
    },
  },
  {
    name: 'deletes what was once marked without looking again',
    breaks: 'revives an orphan that is claimed again',
    mutate: (sound) => {
      const seen = new SeenClaims(sound)
      const marked = new Set<string>()
      return {
        commit: seen.commit,
        sweep: async (options) => {
          const result = await sound.sweep(options)
          await seen.delete((_, { hash }) => marked.has(hash))
          for (const { entity, claim } of seen.seen)
            if (await seen.isOrphan(entity, claim.hash)) marked.add(claim.hash)
          return result
        },
      }
    },
  },
  {
    name: 'never expires a reference',
    breaks: 'ends a reference at its time, not before',
    mutate: (sound) => ({ sweep: (options) => sound.sweep({ ...options, now: 0 }) }),
  },
  {
    name: 'expires a reference a moment late',
    breaks: 'ends a reference at its time, not before',
    mutate: (sound) => ({ sweep: (options) => sound.sweep({ ...options, now: options.now - 1 }) }),
  },
  {
    name: 'ignores the grace period',
    breaks: 'marks first and deletes after the grace period',
    mutate: (sound) => ({ sweep: (options) => sound.sweep({ ...options, graceMs: 0 }) }),
  },
  {
    name: 'sweeps one batch and calls it done',
    breaks: 'deletes everything that is due, however small the batch',
    mutate: (sound) => ({
      sweep: async (options) => {
        const result = await sound.sweep(options)
        return { ...result, deletedBlobs: Math.min(result.deletedBlobs, options.batch ?? 500) }
      },
    }),
  },
  {
    name: 'goes on sweeping when it is aborted',
    breaks: 'deletes nothing once the sweep is aborted',
    mutate: (sound) => ({
      sweep: (options) => sound.sweep({ ...options, signal: new AbortController().signal }),
    }),
  },
  {
    name: 'says it freed what it did not',
    breaks: 'frees the bytes that it says it frees',
    mutate: (sound) => ({
      sweep: async (options) => {
        const result = await sound.sweep(options)
        return { ...result, freedBytes: result.freedBytes * 2 }
      },
    }),
  },
  {
    name: 'restores claims whatever the version',
    breaks: 'restores nothing once the entity has moved on',
    mutate: (sound) => ({
      restoreClaims: async (entity, _, claims, blobs) => {
        const version = (await sound.readHeads([entity]))[0]?.version ?? 0
        return sound.restoreClaims(entity, version, claims, blobs)
      },
    }),
  },
  {
    name: 'restores blobs before it looks at the version',
    breaks: 'restores nothing once the entity has moved on',
    mutate: (sound) => ({
      restoreClaims: async (entity, version, claims, blobs) => {
        const found = (await sound.readHeads([entity]))[0]?.version ?? 0
        await sound.restoreClaims(entity, found, [], blobs)
        return sound.restoreClaims(entity, version, claims, blobs)
      },
    }),
  },
  {
    name: 'restores references without their blobs',
    breaks: 'puts back a blob and the reference to it',
    mutate: (sound) => ({
      restoreClaims: (entity, version, claims) => sound.restoreClaims(entity, version, claims, []),
    }),
  },
  {
    name: 'aligns claims whatever the version',
    breaks: 'aligns nothing once the entity has moved on',
    mutate: (sound) => ({
      alignClaims: async (entity, _, claims) =>
        sound.alignClaims(entity, (await sound.readHeads([entity]))[0]?.version ?? 0, claims),
    }),
  },
  {
    name: 'aligns fields without looking at their content',
    breaks: 'tells claims apart by field and content when it aligns',
    mutate: (sound) => ({
      alignClaims: async (entity, version, claims) => {
        const fields = new Set(claims.map(({ field }) => field))
        return sound.alignClaims(entity, version, [
          ...claims,
          ...[...fields].map((field) => ({ field, hash: hashContent('"old"') })),
        ])
      },
    }),
  },
  {
    name: 'keeps the lifetimes of aligned claims',
    breaks: 'gives aligned claims their expiry',
    mutate: () => ({ alignClaims: async () => 0 }),
  },
  {
    name: 'aligns by releasing everything and claiming anew',
    breaks: 'adds no claim when it aligns',
    mutate: (sound) => ({
      alignClaims: async (entity, version, claims) => {
        const changed = await sound.alignClaims(entity, version, claims)
        await sound.restoreClaims(entity, version, claims, [])
        return changed
      },
    }),
  },
  {
    name: 'makes every restored reference permanent',
    breaks: 'gives a restored reference its expiry',
    mutate: (sound) => ({
      restoreClaims: (entity, version, claims, blobs) =>
        sound.restoreClaims(
          entity,
          version,
          claims.map(({ field, hash }) => ({ field, hash })),
          blobs,
        ),
    }),
  },
  {
    name: 'does not touch stored content that is sent again',
    breaks: 'begins a new grace period for an orphan that is sent again without a claim',
    mutate: (sound) =>
      committing(sound, async (unit) => {
        const stored = await Promise.all(
          unit.blobs.map(({ hash }) => sound.readBlob(unit.entity.tenant, hash)),
        )
        return { ...unit, blobs: unit.blobs.filter((_, index) => stored[index] === undefined) }
      }),
  },
]
