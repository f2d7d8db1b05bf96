// A mutant: the sound memory storage with one promise broken. A case that no mutant can fail proves nothing.
import type { CommitResult, CommitUnit, EntityKey, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import type { MemoryStorage } from '@perdure/core/memory'
import type { ContractSubject } from '@perdure/testkit'

/** One way to get it wrong. */
export interface Mutant {
  /** What this storage does wrong, to be read after "a storage that". */
  readonly name: string
  /** The promise it breaks: the name of a case that must fail, without "the storage ". */
  readonly breaks: string
  /** The methods it gets wrong; the others are those of the sound storage. */
  mutate(sound: MemoryStorage): Partial<Storage>
}

/** A new mutant storage, ready for one case. */
export function openMutant(mutant: Mutant): ContractSubject {
  const sound = openMemoryStorage()
  const wrong = mutant.mutate(sound)
  const storage = new Proxy<Storage>(sound, {
    get(target, name: keyof Storage) {
      const value: unknown = wrong[name] ?? target[name]
      return typeof value === 'function' ? value.bind(name in wrong ? wrong : target) : value
    },
  })
  return { storage, tamper: sound.tamper, close: () => sound.close() }
}

/** The version of an entity; 0 when there is none. */
export async function versionOf(storage: Storage, entity: EntityKey): Promise<number> {
  return (await storage.readHeads([entity]))[0]?.version ?? 0
}

/** The unit with its events renumbered to follow `version`. */
export function renumbered(unit: CommitUnit, version: number): CommitUnit {
  const events = unit.events.map((event, index) => ({ ...event, sequence: version + index + 1 }))
  return { ...unit, expectedVersion: version, events }
}

/** Commits units one call each. */
export async function oneByOne(
  storage: Storage,
  units: readonly CommitUnit[],
): Promise<readonly CommitResult[]> {
  const results: CommitResult[] = []
  for (const unit of units) results.push(...(await storage.commit([unit])))
  return results
}

/** A turn of the event loop, in which others get in between. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
