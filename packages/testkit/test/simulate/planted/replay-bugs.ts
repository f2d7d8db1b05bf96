// Bugs of runtimes that are wrong about events, state and replay.
import { createHost } from '@perdure/actors'
import { decide, decodeSnapshot, encodeSnapshot, evolve, unborn } from '@perdure/core'
import type { EntityEvent, EntityState, JsonObject, ResolvedEffect } from '@perdure/core'
import { modelOf, onCommit, onStorage } from './planted-bug.ts'
import type { PlantedBug } from './planted-bug.ts'

export const ttlFromReplayTime: PlantedBug = onStorage(
  'counts a lifetime from the replay, not from the event',
  (storage, { clock }) => ({
    load: async (entity, options) => {
      const loaded = await storage.load(entity, options)
      return loaded && { ...loaded, tail: loaded.tail.map((event) => ({ ...event, at: clock?.now() ?? 0 })) }
    },
  }),
)

/** What was asked for, instead of what saturation left of it. */
function unsaturated(effect: ResolvedEffect, { by }: JsonObject): ResolvedEffect {
  return effect[1] === '-' && typeof by === 'number' ? [effect[0], '-', by] : effect
}

export const counterBelowZero: PlantedBug = onCommit('lets a counter fall below zero', async (unit) => ({
  ...unit,
  events: unit.events.map((event) => ({
    ...event,
    effects:
      event.action === 'Undo' && event.effects.length === 0
        ? [['turns', '-', event.params['by'] as number] as const]
        : event.effects.map((effect) => unsaturated(effect, event.params)),
  })),
}))

export const upcastsAreIgnored: PlantedBug = {
  name: 'reads older events as if nothing had been renamed',
  startHost: (options) =>
    createHost({ ...options, specs: options.specs.map((spec) => ({ ...spec, upcasts: [] })) }),
}

export const resurrectedBlob: PlantedBug = onStorage(
  'puts expired content back when it replays',
  (storage, options) => ({
    load: async (entity, how) => {
      const loaded = await storage.load(entity, how)
      if (loaded === undefined) return undefined
      const { state, overflow } = evolve(
        modelOf(options, entity.type),
        unborn,
        await storage.readEvents(entity),
      )
      const claims = Object.entries(state.refs).map(([field, { hash, expiresAt }]) =>
        expiresAt === undefined ? { field, hash } : { field, hash, expiresAt },
      )
      const missing = await storage.findMissingClaims(entity, claims)
      if (missing.length > 0) await storage.restoreClaims(entity, state.version, missing, overflow)
      return loaded
    },
  }),
)

export const guardOnReplay: PlantedBug = onStorage(
  'evaluates guards again when it replays',
  (storage, options) => ({
    load: async (entity, how) => {
      const loaded = await storage.load(entity, how)
      if (loaded === undefined || loaded.snapshot !== undefined) return loaded
      const model = modelOf(options, entity.type)
      let state: EntityState = unborn
      const kept: EntityEvent[] = []
      for (const event of loaded.tail) {
        const still = { ...event, sequence: state.version + 1 }
        if (!(await isStillAllowed(event, state))) continue
        state = evolve(model, state, [still]).state
        kept.push(still)
      }
      return { ...loaded, tail: kept, head: { ...loaded.head, version: kept.length } }

      async function isStillAllowed(event: EntityEvent, before: EntityState): Promise<boolean> {
        if (before.version === 0 || !model.actions.has(event.action)) return true
        const ask = (related: ReadonlyMap<string, string | null>) =>
          decide(
            model,
            before,
            { kind: 'action', action: event.action, params: event.params, meta: {} },
            {
              entity: event,
              now: event.at,
              eventId: event.eventId,
              knowledge: { related, contents: new Map() },
            },
          )
        const first = ask(new Map())
        if (first.kind !== 'needs') return first.kind === 'event'
        const needed = [...first.needs.related]
        const heads = await storage.readHeads(
          needed.map(([, { type, id }]) => ({ tenant: entity.tenant, type, id })),
        )
        const again = ask(new Map(needed.map(([key], index) => [key, heads[index]?.status ?? null])))
        return again.kind !== 'rejection'
      }
    },
  }),
)

export const staleSnapshot: PlantedBug = onStorage(
  'saves the state before the last event as the one after it',
  (storage, options) => ({
    saveSnapshot: (entity, snapshot) => {
      const model = modelOf(options, entity.type)
      const identity = { type: model.name, specHash: model.specHash }
      const decoded = decodeSnapshot(identity, snapshot)
      if (decoded.kind !== 'state') return storage.saveSnapshot(entity, snapshot)
      const state = { ...decoded.state, fields: {}, version: snapshot.sequence }
      return storage.saveSnapshot(entity, encodeSnapshot(identity, state))
    },
  }),
)

export const snapshotForgetsReferences: PlantedBug = onStorage(
  'forgets references when it starts from a snapshot',
  (storage, options) => ({
    load: async (entity, how) => {
      const loaded = await storage.load(entity, how)
      if (loaded?.snapshot === undefined) return loaded
      const model = modelOf(options, entity.type)
      const identity = { type: model.name, specHash: model.specHash }
      const decoded = decodeSnapshot(identity, loaded.snapshot)
      if (decoded.kind !== 'state') return loaded
      return { ...loaded, snapshot: encodeSnapshot(identity, { ...decoded.state, refs: {} }) }
    },
  }),
)

export const batchLosesEffects: PlantedBug = onCommit(
  'takes the second of two equal events in a batch for a repetition',
  async (unit) => ({
    ...unit,
    events: unit.events.map((event, index) =>
      event.action === unit.events[index - 1]?.action ? { ...event, effects: [] } : event,
    ),
  }),
)

export const batchMixesParams: PlantedBug = onStorage(
  'gives the events of a batch the params of its first',
  (storage) => ({
    commit: (units) => {
      const params = units[0]?.events[0]?.params ?? {}
      const mixed = units.map((unit) => ({
        ...unit,
        events: unit.events.map((event) => ({ ...event, params })),
      }))
      return storage.commit(mixed)
    },
  }),
)
