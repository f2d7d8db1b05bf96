// Notes what a storage did that a simulation must see sometimes.
import type { Storage } from '@perdure/core'
import type { Trace } from './trace.ts'

/** The same storage, noting points on the trace. */
export function observedStorage(inner: Storage, trace: Trace): Storage {
  const seen = new Set<string>()
  const methods: Partial<Storage> = {
    commit: async (units) => {
      const results = await inner.commit(units)
      for (const [index, { kind }] of results.entries()) {
        const first = units[index]?.events[0]?.eventId ?? ''
        if (kind !== 'committed') trace.reach(`commit: ${kind}`)
        else if (seen.has(first)) trace.reach('commit: repeated')
        seen.add(first)
      }
      if (units.length > 1) trace.reach('commit: several entities')
      if (units.some(({ events }) => events.length > 1)) trace.reach('commit: several events of an entity')
      return results
    },
    load: async (entity, options) => {
      const loaded = await inner.load(entity, options)
      if (loaded?.snapshot !== undefined) trace.reach('load: from a snapshot')
      return loaded
    },
    restoreClaims: async (...args) => {
      const isDone = await inner.restoreClaims(...args)
      trace.reach(isDone ? 'content put back' : 'content not put back, for the entity has moved on')
      return isDone
    },
    sweep: async (options) => {
      const result = await inner.sweep(options)
      if (result.deletedBlobs > 0) trace.reach('sweep: deleted')
      return result
    },
  }
  return new Proxy(inner, {
    get(target, name: keyof Storage) {
      const own = methods[name]
      if (own !== undefined) return own
      const member: unknown = target[name]
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
