// A mutant: the sound memory storage with one promise broken. A case that no mutant can fail proves nothing.
import type { CommitResult, CommitUnit, EntityKey, Storage, StorageCapabilities } from '@perdure/core'
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
  readonly mutate?: (sound: MemoryStorage) => Partial<Storage>
  /** The same for a second opening of the data, at the same time or later. */
  readonly mutateAgain?: (sound: MemoryStorage) => Partial<Storage>
}

/** The memory storage, which stands in for a durable and shared one: its data outlives what is opened on it. */
const everything: StorageCapabilities = { durable: true, survivesPowerLoss: true, shared: true }

/** A new mutant storage, ready for one case. */
export function openMutant({ mutate, mutateAgain }: Mutant): ContractSubject {
  const sound = openMemoryStorage()
  const again = async (): Promise<Storage> => overridden(sound, mutateAgain?.(sound) ?? {})
  return {
    storage: overridden(sound, mutate?.(sound) ?? {}),
    reopen: again,
    openAnother: again,
    tamper: sound.tamper,
    close: () => sound.close(),
  }
}

function overridden(sound: Storage, wrong: Partial<Storage>): Storage {
  const methods: Partial<Storage> = { capabilities: everything, ...wrong }
  return new Proxy(sound, {
    get(target, name: keyof Storage) {
      const value: unknown = methods[name] ?? target[name]
      return typeof value === 'function' ? value.bind(name in methods ? methods : target) : value
    },
  })
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
