// Storages that break a promise which replay rests on.
import type { Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import type { MemoryStorage } from '@perdure/core/memory'
import { overridden } from '../simulate/planted/planted-bug.ts'

/** A memory storage, ready for the replay properties, with some methods wrong. */
export function openBroken(change: (sound: MemoryStorage) => Partial<Storage> = () => ({})) {
  const sound = openMemoryStorage()
  return { storage: overridden(sound, change(sound)), tamper: sound.tamper, close: () => sound.close() }
}

/** Lone surrogates come back as U+FFFD, as from a text column. */
export const losesSurrogates = (sound: MemoryStorage): Partial<Storage> => ({
  readEvents: async (entity, range) =>
    (await sound.readEvents(entity, range)).map((event) => ({
      ...event,
      params: JSON.parse(
        JSON.stringify(event.params).replaceAll(/\\ud[89a-f][0-9a-f]{2}/g, '\uFFFD'),
      ) as never,
    })),
})

/** Letting go of a content deletes it, whoever else refers to it. */
export const releaseDeletes = (sound: MemoryStorage): Partial<Storage> => ({
  commit: async (units) => {
    const results = await sound.commit(units)
    for (const { entity, releases } of units)
      for (const { hash } of releases) sound.tamper.deleteBlob(entity.tenant, hash)
    return results
  },
})
