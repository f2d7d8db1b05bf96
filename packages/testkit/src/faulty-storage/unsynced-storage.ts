// A storage whose newest commits are gone after a power cut, as with `synchronous_commit = off` or without fsync.
import type { Storage } from '@perdure/core'
import type { StorageMethod } from './fault.ts'

/** A storage that can lose what it acknowledged. */
export interface UnsyncedStorage {
  readonly storage: Storage
  /** Takes back the last acknowledged commits, and everything that was done after the first of them. */
  readonly losePower: (commits: number) => Promise<void>
}

interface Write {
  readonly method: StorageMethod
  readonly args: readonly unknown[]
}

const writes: ReadonlySet<string> = new Set([
  'commit',
  'restoreClaims',
  'alignClaims',
  'saveSnapshot',
  'sweep',
  'prune',
])

/** Keeps a log of all writes, so that the storage can be made again without the last of them. @param open - opens an empty storage */
export function unsyncedStorage(open: () => Storage): UnsyncedStorage {
  let inner = open()
  let log: Write[] = []
  const carryOut = (method: StorageMethod, args: readonly unknown[]): Promise<unknown> =>
    (inner[method] as (...given: unknown[]) => Promise<unknown>).call(inner, ...args)
  const storage = new Proxy(inner, {
    get(_first, name: string) {
      const member: unknown = inner[name as keyof Storage]
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]) => {
        if (writes.has(name)) log.push({ method: name as StorageMethod, args })
        return carryOut(name as StorageMethod, args)
      }
    },
  })
  const losePower = async (commits: number): Promise<void> => {
    const at = log.flatMap(({ method }, index) => (method === 'commit' ? [index] : []))
    log = log.slice(0, commits < 1 ? log.length : (at.at(-commits) ?? 0))
    inner = open()
    for (const { method, args } of log) await carryOut(method, args)
  }
  return { storage, losePower }
}
