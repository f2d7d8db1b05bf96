// Small makers for tests of the log.
import type { EntityEvent, Storage } from '@perdure/core'

/** Commits `events` events of a new entity. */
export async function append(storage: Storage, id: string, events: number, type = 'Task'): Promise<void> {
  const entity = { tenant: 'default', type, id }
  const event = (sequence: number): EntityEvent => ({
    ...entity,
    sequence,
    eventId: `${type}-${id}-${sequence}`,
    action: sequence === 1 ? 'Created' : 'Advance',
    from: '',
    to: 'Running',
    params: { sequence },
    effects: [],
    at: 1_700_000_000_000 + sequence,
    specHash: 'spec',
    specVersion: 1,
  })
  const [result] = await storage.commit([
    {
      entity,
      expectedVersion: 0,
      events: Array.from({ length: events }, (_, index) => event(index + 1)),
      status: 'Running',
      blobs: [],
      claims: [],
      releases: [],
    },
  ])
  if (result?.kind !== 'committed') throw new Error(`not committed: ${result?.kind}`)
}

/** The storage, with some of its methods replaced. */
export function overriding(sound: Storage, replace: (sound: Storage) => Partial<Storage>): Storage {
  const methods = replace(sound)
  return new Proxy(sound, {
    get(target, name: keyof Storage) {
      const member: unknown = methods[name] ?? target[name]
      return typeof member === 'function'
        ? (member.bind(name in methods ? methods : target) as unknown)
        : member
    },
  })
}
