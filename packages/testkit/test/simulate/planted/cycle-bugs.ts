// Bugs of the persistence cycle: what is acknowledged when, and what happens to it when things go wrong.
import { WriteCycle, createHost } from '@perdure/actors'
import type { Writer } from '@perdure/actors'
import { StorageError, encodeSnapshot, evolve, formatEntityKey, unborn } from '@perdure/core'
import type { CommitUnit, SnapshotRecord } from '@perdure/core'
import { modelOf, onStorage } from './planted-bug.ts'
import type { PlantedBug } from './planted-bug.ts'

export const acknowledgedBeforeCommit: PlantedBug = onStorage(
  'acknowledges commands before they have committed',
  (storage) => ({
    commit: async (units) => {
      storage.commit(units).catch(() => {})
      return units.map(() => ({ kind: 'committed' as const, firstPosition: 1n }))
    },
  }),
)

export const retryAppliedTwice: PlantedBug = onStorage(
  'stores events anew when it repeats a commit whose answer was lost',
  (storage) => {
    let attempts = 0
    return {
      commit: async (units) => {
        const isRepeated = ++attempts > 1
        const again = isRepeated ? await Promise.all(units.map((unit) => rebased(unit, attempts))) : units
        const results = await storage.commit(again)
        attempts = 0
        return results

        async function rebased(unit: CommitUnit, attempt: number): Promise<CommitUnit> {
          const [head] = await storage.readHeads([unit.entity])
          const expectedVersion = head?.version ?? 0
          const events = unit.events.map((event, index) => ({
            ...event,
            eventId: `${event.eventId}+${attempt}`,
            sequence: expectedVersion + index + 1,
          }))
          return { ...unit, expectedVersion, events }
        }
      },
    }
  },
)

export const forgetsUnknownOutcome: PlantedBug = onStorage(
  'takes a commit whose answer was lost for one that failed',
  (storage) => ({
    commit: async (units) => {
      try {
        return await storage.commit(units)
      } catch (error) {
        if (!(error instanceof StorageError) || error.code !== 'outcome_unknown') throw error
        return units.map(() => ({
          kind: 'refused' as const,
          error: new StorageError('unit_refused', 'taken for a failure'),
        }))
      }
    },
  }),
)

export const lostWakeUp: PlantedBug = {
  name: 'forgets what is put while a write of the same entity is in flight',
  startHost: (options) => createHost(options),
  plant: () => {
    const { prototype } = WriteCycle
    const sound = Object.getOwnPropertyDescriptor(prototype, 'put') as TypedPropertyDescriptor<
      (writer: Writer) => void
    >
    const inFlight = new Set<Writer>()
    const stands = new WeakMap<Writer, Writer>()
    const standFor = (writer: Writer): Writer => ({
      takeUnit: (maxEvents) => {
        const unit = writer.takeUnit(maxEvents)
        if (unit !== undefined) inFlight.add(writer)
        return unit
      },
      committed: () => {
        writer.committed()
        inFlight.delete(writer)
      },
      conflicted: (actualVersion) => {
        inFlight.delete(writer)
        writer.conflicted(actualVersion)
      },
      failed: (error) => {
        inFlight.delete(writer)
        writer.failed(error)
      },
    })
    const put = function (this: WriteCycle, writer: Writer): void {
      if (inFlight.has(writer)) return
      const stand = stands.get(writer) ?? standFor(writer)
      stands.set(writer, stand)
      sound.value?.call(this, stand)
    }
    Object.defineProperty(prototype, 'put', { ...sound, value: put })
    return () => {
      Object.defineProperty(prototype, 'put', sound)
    }
  },
}

export const lostRetry: PlantedBug = {
  name: 'never wakes from the wait before a repetition',
  startHost: (options) => {
    const { clock } = options
    if (clock === undefined) return createHost(options)
    return createHost({
      ...options,
      clock: {
        now: () => clock.now(),
        clearTimeout: (handle) => clock.clearTimeout(handle),
        setTimeout: (callback, ms) => (ms < 5_000 ? undefined : clock.setTimeout(callback, ms)),
      },
    })
  },
}

const ahead = new WeakMap<object, Map<string, SnapshotRecord>>()

export const snapshotAhead: PlantedBug = onStorage(
  'saves a snapshot before the events it is of',
  (storage, options, scope) => {
    const snapshots = ahead.get(scope) ?? new Map<string, SnapshotRecord>()
    ahead.set(scope, snapshots)
    return {
      commit: async (units) => {
        for (const { entity, events } of units) {
          const model = modelOf(options, entity.type)
          const stored = await storage.readEvents(entity)
          const { state } = evolve(model, unborn, [
            ...stored.slice(0, (events[0]?.sequence ?? 1) - 1),
            ...events,
          ])
          const identity = { type: model.name, specHash: model.specHash }
          snapshots.set(formatEntityKey(entity), encodeSnapshot(identity, state))
        }
        return storage.commit(units)
      },
      load: async (entity, options) => {
        const loaded = await storage.load(entity, options)
        const snapshot = snapshots.get(formatEntityKey(entity))
        if (loaded === undefined || snapshot === undefined) return loaded
        const tail = loaded.tail.filter(({ sequence }) => sequence > snapshot.sequence)
        return { ...loaded, snapshot, tail }
      },
    }
  },
)

export const conflictIsIgnored: PlantedBug = onStorage('takes a conflict for a commit', (storage) => ({
  commit: async (units) => {
    const results = await storage.commit(units)
    return results.map((result) =>
      result.kind === 'conflict' ? { kind: 'committed' as const, firstPosition: 1n } : result,
    )
  },
}))

export const conflictIsOverwritten: PlantedBug = onStorage(
  'commits on top of another host, without looking at what that wrote',
  (storage) => ({
    commit: async (units) => {
      const results = await storage.commit(units)
      return Promise.all(
        results.map(async (result, index) => {
          const unit = units[index]
          if (result.kind !== 'conflict' || unit === undefined) return result
          const expectedVersion = result.actualVersion
          const events = unit.events.map((event, offset) => ({
            ...event,
            sequence: expectedVersion + offset + 1,
          }))
          const [again] = await storage.commit([{ ...unit, expectedVersion, events }])
          return again ?? result
        }),
      )
    },
  }),
)

export const batchIsReversed: PlantedBug = onStorage(
  'stores the events of a batch in reverse',
  (storage) => ({
    commit: (units) =>
      storage.commit(
        units.map((unit) => {
          const events = unit.events.toReversed().map((event, index) => ({
            ...event,
            sequence: unit.expectedVersion + index + 1,
          }))
          return { ...unit, events }
        }),
      ),
  }),
)
