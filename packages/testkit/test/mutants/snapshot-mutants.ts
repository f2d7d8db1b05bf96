// Mutants that keep the wrong snapshot.
import type { EntityKey, LoadedEntity, SnapshotRecord, Storage } from '@perdure/core'
import type { Mutant } from './mutant.ts'

/** Overrides that keep snapshots in a shelf of their own, which `keeps` decides about. */
function withShelf(
  sound: Storage,
  keeps: (kept: SnapshotRecord | undefined, offered: SnapshotRecord, version: number) => boolean,
): Partial<Storage> {
  const shelf = new Map<string, SnapshotRecord>()
  const keep = async (entity: EntityKey, offered: SnapshotRecord): Promise<void> => {
    const [head] = await sound.readHeads([entity])
    const name = JSON.stringify([entity.tenant, entity.type, entity.id])
    if (head && keeps(shelf.get(name), offered, head.version)) shelf.set(name, offered)
  }
  return {
    saveSnapshot: keep,
    commit: async (units) => {
      const results = await sound.commit(units)
      for (const [index, { entity, snapshot }] of units.entries())
        if (snapshot && results[index]?.kind === 'committed') await keep(entity, snapshot)
      return results
    },
    load: async (entity, { specHash }): Promise<LoadedEntity | undefined> => {
      const [head] = await sound.readHeads([entity])
      const kept = shelf.get(JSON.stringify([entity.tenant, entity.type, entity.id]))
      if (head === undefined) return undefined
      if (kept?.specHash !== specHash) return { head, tail: await sound.readEvents(entity) }
      return {
        head,
        snapshot: kept,
        tail: await sound.readEvents(entity, { fromSequence: kept.sequence + 1 }),
      }
    },
  }
}

export const snapshotMutants: readonly Mutant[] = [
  {
    name: 'keeps the snapshot that was saved last',
    breaks: 'keeps the newest snapshot, whatever the order they come in',
    mutate: (sound) => withShelf(sound, (_, offered, version) => offered.sequence <= version),
  },
  {
    name: 'keeps the first snapshot for ever',
    breaks: 'keeps the newest snapshot, whatever the order they come in',
    mutate: (sound) =>
      withShelf(sound, (kept, offered, version) => kept === undefined && offered.sequence <= version),
  },
  {
    name: 'keeps the snapshot of an old spec against a new one at its sequence',
    breaks: 'replaces the stored snapshot by one of another spec at its sequence',
    mutate: (sound) =>
      withShelf(
        sound,
        (kept, { sequence }, version) => sequence > (kept?.sequence ?? 0) && sequence <= version,
      ),
  },
  {
    name: 'replaces a snapshot by another at its sequence',
    breaks: 'keeps the stored snapshot against another at its sequence',
    mutate: (sound) =>
      withShelf(
        sound,
        (kept, { sequence }, version) => sequence >= (kept?.sequence ?? 0) && sequence <= version,
      ),
  },
  {
    name: 'keeps a snapshot ahead of the head',
    breaks: 'ignores a snapshot ahead of the head',
    mutate: (sound) => withShelf(sound, (kept, { sequence }) => sequence > (kept?.sequence ?? 0)),
  },
  {
    name: 'loads a snapshot whatever spec it was made under',
    breaks: 'ignores a snapshot of another spec',
    mutate: (sound) => {
      const specs = new Set<string>()
      return {
        commit: (units) => {
          for (const { snapshot } of units) if (snapshot) specs.add(snapshot.specHash)
          return sound.commit(units)
        },
        load: async (entity, options) => {
          for (const specHash of specs) {
            const loaded = await sound.load(entity, { specHash })
            if (loaded?.snapshot !== undefined) return loaded
          }
          return sound.load(entity, options)
        },
      }
    },
  },
  {
    name: 'keeps snapshot bytes as text',
    breaks: 'gives back the bytes of a snapshot as they were',
    mutate: (sound) => ({
      saveSnapshot: (entity, snapshot) =>
        sound.saveSnapshot(entity, {
          ...snapshot,
          bytes: Buffer.from(Buffer.from(snapshot.bytes).toString()),
        }),
    }),
  },
  {
    name: 'keeps a snapshot until its entity is created',
    breaks: 'ignores a snapshot of an entity that does not exist',
    mutate: (sound) => {
      const early = new Map<string, SnapshotRecord>()
      return {
        saveSnapshot: async (entity, snapshot) => {
          early.set(entity.id, snapshot)
          return sound.saveSnapshot(entity, snapshot)
        },
        commit: async (units) => {
          const results = await sound.commit(units)
          for (const { entity } of units) {
            const snapshot = early.get(entity.id)
            if (snapshot !== undefined) await sound.saveSnapshot(entity, snapshot)
          }
          return results
        },
      }
    },
  },
]
