// Replay is live: what was seen of an entity while it ran is what its events say, whoever reads them and however often.
import type { Host, HostOptions } from '@perdure/actors'
import type { EntityEvent, EntityKey, EntityState, Storage } from '@perdure/core'
import { evolve, formatEntityKey, unborn } from '@perdure/core'
import { staleReads } from '../faulty-storage/stale-reads.ts'
import { carryOut } from './carry-out.ts'
import type { Observed } from './carry-out.ts'
import type { ReplayProperty } from './replay-property.ts'
import type { Stage } from './stage.ts'
import { Violation, demand, demandSame, stateText } from './violation.ts'

const replayIsLive: ReplayProperty = {
  number: 12,
  name: 'replay = live: after every acknowledged command, the stored events mean the state that was answered',
  check: async ({ stage: open, run }) => {
    const stage = open()
    const observed = await carryOut(stage, run.steps)
    for (const entity of observed.entities) await checkAnswers(stage, entity, observed)
  },
}

async function checkAnswers(stage: Stage, entity: EntityKey, { performed }: Observed): Promise<void> {
  const events = await stage.eventsOf(entity)
  for (const { entity: asked, outcome } of performed) {
    if (asked.id !== entity.id || asked.type !== entity.type || outcome?.kind !== 'acked') continue
    const { event, state } = outcome
    if (event === undefined || state === undefined) continue
    const upTo = events.slice(0, event.sequence)
    demandSame(event, upTo.at(-1) ?? null, `event ${event.sequence} as answered and as stored`)
    const what = `${formatEntityKey(entity)} as answered after event ${event.sequence}`
    demandSame({ ...state }, stage.fold(entity.type, upTo).state, what)
  }
}

const replayIsPure: ReplayProperty = {
  number: 13,
  name: 'replay is idempotent and pure: it writes nothing, makes nothing up, and gives the same at any time',
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    for (const entity of entities) {
      const events = await stage.eventsOf(entity)
      if (events.length === 0) continue
      const expected = stateText(stage.fold(entity.type, events).state)
      for (const laterMs of [0, 0, 10 * 365 * 86_400_000]) {
        const state = await stage.withHost((host) => stateOf(host, entity), spied(stage, laterMs))
        demand(
          stateText(state) === expected,
          `${formatEntityKey(entity)} replays differently ${laterMs} ms later`,
        )
      }
    }
  },
}

/** Options of a host that may look and not touch. */
function spied(stage: Stage, laterMs: number): Partial<HostOptions> {
  const refuse =
    (what: string): (() => never) =>
    () => {
      throw new Violation(`replay asked for ${what}`)
    }
  const writes: Partial<Storage> = {
    commit: refuse('commit'),
    restoreClaims: refuse('restoreClaims'),
    saveSnapshot: refuse('saveSnapshot'),
    sweep: refuse('sweep'),
    prune: refuse('prune'),
  }
  const { clock } = stage
  return {
    storage: overridden(stage.storage, writes),
    retention: false,
    ids: { next: refuse('an id') },
    random: { next: refuse('a random number') },
    logger: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: ({ error }, message) => {
        // A host that logs a failure and goes on must not hide what it tried to do.
        throw new Violation(`${message}: ${String(error)}`)
      },
    },
    clock: {
      now: () => clock.now() + laterMs,
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (handle) => clock.clearTimeout(handle),
    },
  }
}

const everyPrefix: ReplayProperty = {
  number: 14,
  name: 'prefix: the first k events mean the state that was seen after the k-th, for every k',
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    for (const entity of entities) {
      const events = await stage.eventsOf(entity)
      let folded: EntityState = unborn
      for (const [index, event] of events.entries()) {
        folded = evolve(stage.model(entity.type), folded, [event]).state
        const expected = stage.fold(entity.type, events.slice(0, index + 1)).state
        demandSame(folded, expected, `${formatEntityKey(entity)} folded one by one up to ${event.sequence}`)
        const behind = events.length - event.sequence
        const storage = overridden(stage.storage, staleReads(stage.storage, behind))
        const state = await stage.withHost((host) => stateOf(host, entity), { storage })
        demandSame({ ...state }, expected, `${formatEntityKey(entity)} replayed up to ${event.sequence}`)
      }
    }
  },
}

/** The state that a host shows of an entity. */
export async function stateOf(host: Host, { tenant, type, id }: EntityKey): Promise<EntityState> {
  return (await host.entity(type, id, { tenant }).state()) as unknown as EntityState
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

/** Events without what differs between two carryings-out of the same commands. */
export function meaningOf(events: readonly EntityEvent[]): readonly Partial<EntityEvent>[] {
  return events.map(
    ({ eventId: _eventId, tenant: _tenant, correlationId: _correlationId, ...event }) => event,
  )
}

/** Properties of replay and what was live. */
export const liveProperties: readonly ReplayProperty[] = [replayIsLive, replayIsPure, everyPrefix]
