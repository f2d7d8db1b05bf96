// Mutants that commit wrongly.
import type { CommitResult, CommitUnit } from '@perdure/core'
import { renumbered, turn, versionOf } from './mutant.ts'
import type { Mutant } from './mutant.ts'

export const commitMutants: readonly Mutant[] = [
  {
    name: 'acknowledges the last unit of a commit without storing it',
    breaks: 'creates an entity with its first unit',
    mutate: (sound) => ({
      commit: async (units) => {
        const results = await sound.commit(units.slice(0, -1))
        const { lastPosition } = await sound.stats()
        return units.length === 0
          ? results
          : [...results, { kind: 'committed', firstPosition: lastPosition + 1n }]
      },
    }),
  },
  {
    name: 'ignores the head and appends anyway',
    breaks: 'stores nothing of a unit in conflict',
    mutate: (sound) => ({
      commit: async (units) => {
        const results: CommitResult[] = []
        for (const unit of units)
          results.push(...(await sound.commit([renumbered(unit, await versionOf(sound, unit.entity))])))
        return results
      },
    }),
  },
  {
    name: 'reads the head first and commits later',
    breaks: 'lets exactly one of many writers append after a version',
    mutate: (sound) => ({
      commit: async (units) => {
        const versions = await Promise.all(units.map((unit) => versionOf(sound, unit.entity)))
        await turn()
        const fits = (unit: CommitUnit, index: number): boolean => versions[index] === unit.expectedVersion
        const now = await Promise.all(units.map((unit) => versionOf(sound, unit.entity)))
        return sound.commit(
          units.map((unit, index) => (fits(unit, index) ? renumbered(unit, now[index] ?? 0) : unit)),
        )
      },
    }),
  },
  {
    name: 'fails the whole commit when one unit is a conflict',
    breaks: 'commits the neighbours of a conflict',
    mutate: (sound) => ({
      commit: async (units) => {
        const versions = await Promise.all(units.map((unit) => versionOf(sound, unit.entity)))
        if (units.every((unit, index) => unit.expectedVersion === versions[index])) return sound.commit(units)
        return versions.map((actualVersion) => ({ kind: 'conflict', actualVersion }))
      },
    }),
  },
  {
    name: 'gives the expected version as the one found',
    breaks: 'gives version 0 for a conflict on an entity that does not exist',
    mutate: (sound) => ({
      commit: async (units) =>
        (await sound.commit(units)).map((result, index) =>
          result.kind === 'conflict'
            ? { ...result, actualVersion: units[index]?.expectedVersion ?? 0 }
            : result,
        ),
    }),
  },
  {
    name: 'returns results in the order it stored them, by id',
    breaks: 'answers the unit at index i at index i',
    mutate: (sound) => ({
      commit: (units) =>
        sound.commit(units.toSorted((left, right) => (left.entity.id < right.entity.id ? -1 : 1))),
    }),
  },
  {
    name: 'stores the blobs and claims of losers',
    breaks: 'stores nothing of a unit in conflict',
    mutate: (sound) => ({
      commit: async (units) => {
        const results = await sound.commit(units)
        for (const [index, { entity, claims, blobs }] of units.entries()) {
          const result = results[index]
          if (result?.kind === 'conflict')
            await sound.restoreClaims(entity, result.actualVersion, claims, blobs)
        }
        return results
      },
    }),
  },
  {
    name: 'stores a unit event by event',
    breaks: 'never shows a reader a part of a unit',
    mutate: (sound) => ({
      commit: async (units) => {
        const results: CommitResult[] = []
        for (const unit of units) {
          const parts = unit.events.map((event, index) => ({
            ...unit,
            expectedVersion: unit.expectedVersion + index,
            events: [event],
          }))
          const answers: CommitResult[] = []
          for (const part of parts.length > 1 ? parts : [unit]) {
            answers.push(...(await sound.commit([part])))
            await turn()
          }
          results.push(answers.find((answer) => answer.kind !== 'committed') ?? (answers[0] as CommitResult))
        }
        return results
      },
    }),
  },
  {
    name: 'takes a repeated unit for a rival',
    breaks: 'answers a repeated unit as the first time and stores it once',
    mutate: (sound) => {
      const seen = new Set<string | undefined>()
      return {
        commit: (units) =>
          sound.commit(
            units.map((unit) => {
              const id = unit.events[0]?.eventId
              if (!seen.has(id)) return seen.add(id) && unit
              return {
                ...unit,
                events: unit.events.map((event) => ({ ...event, eventId: `${event.eventId}'` })),
              }
            }),
          ),
      }
    },
  },
  {
    name: 'recognises a repeat only while it is the newest unit',
    breaks: 'answers a repeated unit as the first time when the entity has moved on',
    mutate: (sound) => ({
      commit: async (units) => {
        const versions = await Promise.all(units.map((unit) => versionOf(sound, unit.entity)))
        const results = await sound.commit(units)
        return results.map((result, index) => {
          const actualVersion = versions[index] ?? 0
          const end = units[index]?.events.at(-1)?.sequence ?? 0
          return result.kind === 'committed' && end < actualVersion
            ? { kind: 'conflict', actualVersion }
            : result
        })
      },
    }),
  },
  {
    name: 'takes a rival at the same sequence for a repeat',
    breaks: 'tells a rival at the same sequence from a repeat by the event id',
    mutate: (sound) => ({
      commit: async (units) =>
        (await sound.commit(units)).map((result, index) =>
          result.kind === 'conflict' && result.actualVersion > (units[index]?.expectedVersion ?? 0)
            ? { kind: 'committed', firstPosition: 1n }
            : result,
        ),
    }),
  },
  {
    name: 'stores a unit again when it is repeated at once',
    breaks: 'stores a unit once that is committed many times at once',
    mutate: (sound) => ({
      commit: async (units) => {
        const versions = await Promise.all(units.map((unit) => versionOf(sound, unit.entity)))
        await turn()
        const now = await Promise.all(units.map((unit) => versionOf(sound, unit.entity)))
        return sound.commit(
          units.map((unit, index) => {
            const isNew = versions[index] === unit.expectedVersion
            const { events, ...rest } = isNew ? renumbered(unit, now[index] ?? 0) : unit
            return { ...rest, events: events.map(({ idempotencyKey: _key, ...event }) => event) }
          }),
        )
      },
    }),
  },
  {
    name: 'binds more than 65,535 parameters and lets them wrap',
    breaks: 'takes a commit of more rows than a statement has parameters',
    mutate: (sound) => ({ commit: (units) => sound.commit(units.slice(0, Math.floor(65_535 / 12))) }),
  },
  {
    name: 'looks for conflicts among the first hundred units only',
    breaks: 'finds the few conflicts among many units',
    mutate: (sound) => ({
      commit: async (units) => {
        const results = await sound.commit(units)
        return results.map((result, index) =>
          index > 100 && result.kind === 'conflict' ? { kind: 'committed', firstPosition: 1n } : result,
        )
      },
    }),
  },
  {
    name: 'keeps one position a unit',
    breaks: 'answers a repeated part of a unit with the position of its first event',
    mutate: (sound) => {
      const positions = new Map<string, bigint>()
      return {
        commit: async (units) =>
          (await sound.commit(units)).map((result, index) => {
            if (result.kind !== 'committed') return result
            const events = units[index]?.events ?? []
            const known = events
              .map((event) => positions.get(event.eventId))
              .find((position) => position !== undefined)
            for (const event of events) positions.set(event.eventId, known ?? result.firstPosition)
            return { kind: 'committed', firstPosition: known ?? result.firstPosition }
          }),
      }
    },
  },
]
