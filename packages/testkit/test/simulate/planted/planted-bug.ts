// A runtime with one bug planted in it: the sound host on a storage that lies to it, or seen through a glass that does.
// A property that finds none of them proves nothing.
import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'
import type { CommitUnit, Storage } from '@perdure/core'

/** One way to get it wrong. */
export interface PlantedBug {
  /** What this runtime does wrong, to be read after "a runtime that". */
  readonly name: string
  readonly startHost: (options: HostOptions) => Promise<Host>
}

/** A bug between the host and its storage. */
export function onStorage(
  name: string,
  change: (storage: Storage, options: HostOptions) => Partial<Storage>,
): PlantedBug {
  return {
    name,
    startHost: (options) =>
      createHost({ ...options, storage: overridden(options.storage, change(options.storage, options)) }),
  }
}

/** A bug in what is committed. */
export function onCommit(
  name: string,
  change: (unit: CommitUnit, storage: Storage) => Promise<CommitUnit>,
): PlantedBug {
  return onStorage(name, (storage) => ({
    commit: async (units) => storage.commit(await Promise.all(units.map((unit) => change(unit, storage)))),
  }))
}

/** A storage with some of its methods replaced. */
export function overridden(storage: Storage, methods: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get(target, name: keyof Storage) {
      const own = methods[name]
      if (own !== undefined) return own
      const member: unknown = target[name]
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
