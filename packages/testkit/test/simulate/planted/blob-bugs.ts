// Bugs about contents: who holds them, how long, and what a reader gets.
import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'
import { isPerdureError } from '@perdure/core'
import type { RefClaim } from '@perdure/core'
import { onStorage } from './planted-bug.ts'
import type { PlantedBug } from './planted-bug.ts'

export const replayDropsBlobs: PlantedBug = onStorage(
  'does not put lost content back when it replays',
  () => ({ findMissingClaims: async () => [] }),
)

/** A storage in which a content has one life, that of its first reference: there is no other that could be missing. */
export const firstExpiryWins: PlantedBug = onStorage(
  'lets the first lifetime of a content hold for everybody who refers to it later',
  (storage) => {
    const gone = async (tenant: string, claims: readonly RefClaim[]): Promise<readonly RefClaim[]> => {
      const contents = await Promise.all(claims.map(({ hash }) => storage.readBlob(tenant, hash)))
      return claims.filter((_claim, index) => contents[index] === undefined)
    }
    return {
      commit: async (units) =>
        storage.commit(
          await Promise.all(
            units.map(async (unit) => ({ ...unit, claims: await gone(unit.entity.tenant, unit.claims) })),
          ),
        ),
      findMissingClaims: (entity, claims) => gone(entity.tenant, claims),
      alignClaims: () => Promise.resolve(0),
    }
  },
)

export const overflowReadsAsJson: PlantedBug = onStorage(
  'hands an overflowed text out as JSON',
  (storage) => ({
    readBlob: async (tenant, hash) => {
      const bytes = await storage.readBlob(tenant, hash)
      return bytes && Buffer.from(JSON.stringify(Buffer.from(bytes).toString('utf8')))
    },
  }),
)

const caches = new Map<string, Uint8Array>()

export const blobCacheIsBelieved: PlantedBug = onStorage(
  'reads contents from a cache without looking at storage',
  (storage) => ({
    commit: (units) => {
      for (const { entity, blobs } of units)
        for (const { hash, bytes } of blobs) caches.set(`${entity.tenant}/${hash}`, bytes)
      return storage.commit(units)
    },
    readBlob: async (tenant, hash) => caches.get(`${tenant}/${hash}`) ?? storage.readBlob(tenant, hash),
  }),
)

/** A host seen through a glass. */
async function seenThrough(
  options: HostOptions,
  change: (ref: ReturnType<Host['entity']>) => Partial<ReturnType<Host['entity']>>,
): Promise<Host> {
  const host = await createHost(options)
  const entity: Host['entity'] = (...args) => {
    const ref = host.entity(...args)
    const changed = change(ref as never)
    return new Proxy(ref, {
      get: (target, name) => bound(name in changed ? changed : target, name),
    })
  }
  return new Proxy(host, { get: (target, name) => (name === 'entity' ? entity : bound(target, name)) })
}

function bound(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name, target)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}

export const expiredReadsAsNull: PlantedBug = {
  name: 'hands out null for an expired field',
  startHost: (options) =>
    seenThrough(options, (ref) => ({
      readField: async (field: string) => {
        try {
          return await ref.readField(field)
        } catch (error) {
          if (isPerdureError(error, 'field_unavailable')) return null
          throw error
        }
      },
    })),
}

export const refusalIsRecorded: PlantedBug = {
  name: 'notes refusals on the entity',
  startHost: (options) =>
    seenThrough(options, (ref) => ({
      ask: (async (...args: Parameters<typeof ref.ask>) => {
        try {
          return await ref.ask(...args)
        } catch (error) {
          if (isPerdureError(error)) await ref.updateFields({ refused: error.code }).catch(() => {})
          throw error
        }
      }) as typeof ref.ask,
    })),
}
