// A storage whose calls a test can hold, fail or answer wrongly, one by one. Everything else goes to the real one.
import { StorageError } from '@perdure/core'
import type { Storage, StorageErrorCode } from '@perdure/core'

type Method = Exclude<keyof Storage, 'capabilities'>

/** What becomes of one call; `carryOut` does what was asked with `args`. */
type Intervention = (carryOut: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>

/** A call that is held. */
interface Held {
  /** Resolves when the call has come. */
  readonly arrived: Promise<void>
  /** Lets it go on. */
  release(): void
}

/** A storage on strings. */
export interface PuppetStorage extends Storage {
  /** How often each method was called. */
  readonly calls: ReadonlyMap<Method, number>
  /** How many commits were under way at once, at most. */
  readonly maxCommitsAtOnce: number
  /** Decides about the next call of a method that nothing has been decided about. */
  intervene(method: Method, intervention: Intervention): void
  /** Holds the next call before it is carried out. */
  hold(method: Method): Held
  /** Fails the next calls without carrying them out. */
  fail(method: Method, code: StorageErrorCode, times?: number): void
  /** Carries the next call out and loses the answer. */
  loseReply(method: Method): void
}

/** Puts a storage on strings. */
export function puppetStorage(real: Storage): PuppetStorage {
  const interventions = new Map<string, Intervention[]>()
  const calls = new Map<Method, number>()
  let commitsNow = 0
  const most = { commits: 0 }

  const intervene = (method: Method, intervention: Intervention): void => {
    interventions.set(method, [...(interventions.get(method) ?? []), intervention])
  }
  const call = async (method: Method, args: unknown[]): Promise<unknown> => {
    calls.set(method, (calls.get(method) ?? 0) + 1)
    const carryOut = () => (real[method] as (...given: unknown[]) => Promise<unknown>).apply(real, args)
    const intervention = interventions.get(method)?.shift()
    return intervention === undefined ? carryOut() : intervention(carryOut, args)
  }
  const commit = async (...args: unknown[]): Promise<unknown> => {
    commitsNow++
    most.commits = Math.max(most.commits, commitsNow)
    try {
      return await call('commit', args)
    } finally {
      commitsNow--
    }
  }
  const strings = {
    calls,
    intervene,
    hold: (method: Method): Held => {
      let arrive = (): void => {}
      let release = (): void => {}
      const arrived = new Promise<void>((resolve) => (arrive = resolve))
      const released = new Promise<void>((resolve) => (release = resolve))
      intervene(method, async (carryOut) => {
        arrive()
        await released
        return carryOut()
      })
      return { arrived, release: () => release() }
    },
    fail: (method: Method, code: StorageErrorCode, times = 1): void => {
      for (let count = 0; count < times; count++) {
        intervene(method, () => Promise.reject(new StorageError(code, `${method} was made to fail`)))
      }
    },
    loseReply: (method: Method): void =>
      intervene(method, async (carryOut) => {
        await carryOut()
        throw new StorageError('outcome_unknown', 'the answer was made to get lost')
      }),
  }
  return new Proxy(real, {
    get: (target, name: string) => {
      if (name === 'maxCommitsAtOnce') return most.commits
      if (name in strings) return strings[name as keyof typeof strings]
      if (name === 'commit') return commit
      const member: unknown = target[name as keyof Storage]
      return typeof member === 'function' ? (...args: unknown[]) => call(name as Method, args) : member
    },
  }) as PuppetStorage
}
