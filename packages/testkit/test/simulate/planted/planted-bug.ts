// A runtime with one bug planted in it: the sound host on a storage that lies to it, or seen through a glass that does.
// A property that finds none of them proves nothing.
import { createHost } from '@perdure/actors'
import type { HostOptions } from '@perdure/actors'
import { compileModel } from '@perdure/core'
import type { CommitUnit, EntityModel, EntitySpec, Storage } from '@perdure/core'
import type { StartHost } from '@perdure/testkit'

/** One way to get it wrong. */
export interface PlantedBug {
  /** What this runtime does wrong, to be read after "a runtime that". */
  readonly name: string
  readonly startHost: StartHost
  /** Plants what cannot be planted from outside. @returns how to dig it out again */
  readonly plant?: () => () => void
  /** The specs it shows with. @defaultValue the session's */
  readonly specs?: readonly EntitySpec[]
}

/** A bug between the host and its storage. */
export function onStorage(
  name: string,
  change: (storage: Storage, options: HostOptions, scope: object) => Partial<Storage>,
): PlantedBug {
  return {
    name,
    startHost: (options, scope) => {
      const storage = overridden(options.storage, change(options.storage, options, scope))
      return createHost({ ...options, storage })
    },
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

/** The model of an entity type as the host has it. */
export function modelOf({ specs, inlineMaxBytes }: HostOptions, type: string): EntityModel {
  const spec = specs.find(({ name }) => name === type)
  if (spec === undefined) throw new Error(`no spec ${type}`)
  return compileModel(spec, inlineMaxBytes === undefined ? {} : { inlineMaxBytes })
}
