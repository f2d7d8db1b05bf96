// One stored history read by two specs, event by event, until they part.
import { carriedNames, evolve, isPerdureError, unborn, upcastEvent } from '@perdure/core'
import type { EntityEvent, EntityKey, EntityModel, EntityState, Rejection, Storage } from '@perdure/core'
import { findGap } from './compare-states.ts'
import type { StateGap } from './compare-states.ts'
import { redecide } from './redecide.ts'

/** Where two specs part over a history. */
export interface Divergence {
  readonly entity: EntityKey
  readonly sequence: number
  /** As it is stored. */
  readonly action: string
  readonly what:
    /** One of them cannot read the event. */
    | {
        readonly kind: 'unreadable'
        readonly by: 'old' | 'new'
        readonly code: string
        readonly message: string
      }
    /** Replayed, the event means something else. */
    | { readonly kind: 'state'; readonly gap: StateGap }
    /** The old one would take the command again, the new one would not. */
    | { readonly kind: 'refused'; readonly rejection: Rejection }
    /** Both would take it, and something else would come of it. */
    | { readonly kind: 'outcome'; readonly gap: StateGap }
}

/** What was found of one entity. */
export interface Comparison {
  readonly events: number
  /** Commands that could not be asked again, for content that is gone or statuses that nobody knows. */
  readonly unknown: number
  readonly divergence?: Divergence
}

const eventsPerPage = 500

/** Compares, in as much memory as a page of events and two states take. */
export async function compareHistory(
  storage: Pick<Storage, 'readEvents' | 'readBlob'>,
  [older, newer]: readonly [EntityModel, EntityModel],
  entity: EntityKey,
  options: { readonly decisions: boolean },
): Promise<Comparison> {
  const names = carriedNames(older.spec, newer.spec)
  const specs = [older.spec, newer.spec] as const
  const states: { before: EntityState; after: EntityState } = { before: unborn, after: unborn }
  const seen = { events: 0, unknown: 0 }

  const compareEvent = async (event: EntityEvent): Promise<Divergence['what'] | undefined> => {
    const [read, unread] = readBoth(older, newer, event)
    if (read === undefined) return unread
    if (options.decisions) {
      const was = await redecide(storage, older, states.before, read.before)
      const is = was.kind === 'accepted' ? await redecide(storage, newer, states.after, read.after) : was
      if (was.kind === 'unknown' || is.kind === 'unknown') seen.unknown++
      // What the old spec would not take either was taken by yet another one, and says nothing about these two.
      if (was.kind === 'accepted' && is.kind === 'refused')
        return { kind: 'refused', rejection: is.rejection }
      if (was.kind === 'accepted' && is.kind === 'accepted') {
        const gap = findGap(specs, names, was.state, is.state)
        if (gap !== undefined) return { kind: 'outcome', gap }
      }
    }
    states.before = evolve(older, states.before, [event]).state
    states.after = evolve(newer, states.after, [event]).state
    const gap = findGap(specs, names, states.before, states.after)
    return gap === undefined ? undefined : { kind: 'state', gap }
  }

  for (let fromSequence = 1; ; fromSequence += eventsPerPage) {
    const events = await storage.readEvents(entity, { fromSequence, limit: eventsPerPage })
    for (const event of events) {
      seen.events++
      const what = await compareEvent(event)
      const { sequence, action } = event
      if (what !== undefined) return { ...seen, divergence: { entity, sequence, action, what } }
    }
    if (events.length < eventsPerPage) return seen
  }
}

type Read = { readonly before: EntityEvent; readonly after: EntityEvent }

function readBoth(
  older: EntityModel,
  newer: EntityModel,
  event: EntityEvent,
): readonly [Read, undefined] | readonly [undefined, Divergence['what']] {
  let by: 'old' | 'new' = 'old'
  try {
    const before = upcastEvent(older, event)
    by = 'new'
    return [{ before, after: upcastEvent(newer, event) }, undefined]
  } catch (error) {
    if (!isPerdureError(error)) throw error
    return [undefined, { kind: 'unreadable', by, code: error.code, message: error.message }]
  }
}
