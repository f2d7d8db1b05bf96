// Mutants that change what they are given: values and names.
import type { CommitUnit, EntityEvent, EntityKey, JsonObject, JsonValue, Storage } from '@perdure/core'
import type { MemoryStorage } from '@perdure/core/memory'
import type { Mutant } from './mutant.ts'

/** Overrides of `commit` that change the params first. */
function storing(sound: Storage, change: (params: JsonObject) => JsonObject): Partial<Storage> {
  const changed = (event: EntityEvent): EntityEvent => ({ ...event, params: change(event.params) })
  return {
    commit: (units) => sound.commit(units.map((unit) => ({ ...unit, events: unit.events.map(changed) }))),
  }
}

/** The same with the text of every string in the params. */
function writing(sound: Storage, change: (text: string) => string): Partial<Storage> {
  const visit = (value: JsonValue): JsonValue =>
    JSON.parse(
      JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? change(part) : part)),
    ) as JsonValue
  return storing(sound, (params) => visit(params) as JsonObject)
}

/** Overrides of the calls that find an entity, with its name changed on the way. */
function naming(sound: MemoryStorage, change: (entity: EntityKey) => EntityKey): Partial<Storage> {
  const rename = <Named extends EntityKey>(named: Named): Named => ({ ...named, ...change(named) })
  const unit = (unit: CommitUnit): CommitUnit => {
    const { tenant, type, id } = rename(unit.entity)
    return { ...unit, entity: { tenant, type, id }, events: unit.events.map(rename) }
  }
  return {
    commit: (units) => sound.commit(units.map(unit)),
    readEvents: (entity, range) => sound.readEvents(rename(entity), range),
    readHeads: (entities) => sound.readHeads(entities.map(rename)),
  }
}

export const valueMutants: readonly Mutant[] = [
  {
    name: 'drops NUL',
    breaks: 'keeps NUL in values',
    mutate: (sound) => writing(sound, (text) => text.replaceAll('\u0000', '')),
  },
  {
    name: 'replaces lone surrogates',
    breaks: 'keeps lone surrogates',
    mutate: (sound) => writing(sound, (text) => text.toWellFormed()),
  },
  {
    name: 'composes characters',
    breaks: 'does not compose or decompose characters',
    mutate: (sound) => writing(sound, (text) => text.normalize()),
  },
  {
    name: 'reads strings that look like numbers as numbers',
    breaks: 'keeps strings that look like something else',
    mutate: (sound) =>
      storing(sound, (params) => JSON.parse(JSON.stringify(params).replaceAll('"1"', '1')) as JsonObject),
  },
  {
    name: 'rounds numbers to 15 digits',
    breaks: 'keeps numbers at the edges',
    mutate: (sound) =>
      storing(sound, (params) => {
        const round = (_: string, part: unknown): unknown =>
          typeof part === 'number' ? Number(part.toPrecision(15)) : part
        return JSON.parse(JSON.stringify(params, round)) as JsonObject
      }),
  },
  {
    name: 'copies objects by assignment',
    breaks: 'keeps odd keys, those of prototypes included',
    mutate: (sound) =>
      storing(sound, (params) => {
        const copy = (value: JsonValue): JsonValue => {
          if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
          const target: Record<string, JsonValue> = {}
          for (const [key, member] of Object.entries(value)) target[key] = copy(member as JsonValue)
          return target
        }
        return copy(params) as JsonObject
      }),
  },
  {
    name: 'returns absent parts of an event as null',
    breaks: 'adds no part to an event that lacks it',
    mutate: (sound) => ({
      readEvents: async (entity, range) => {
        const events = await sound.readEvents(entity, range)
        return events.map((event) => ({ correlationId: null, ...event }) as unknown as EntityEvent)
      },
    }),
  },
  {
    name: 'keeps no effects',
    breaks: 'keeps every part of an event',
    mutate: (sound) => ({
      readEvents: async (entity, range) =>
        (await sound.readEvents(entity, range)).map((event) => ({ ...event, effects: [] })),
    }),
  },
  {
    name: 'composes the characters of ids',
    breaks: 'keeps odd ids apart',
    mutate: (sound) => naming(sound, (entity) => ({ ...entity, id: entity.id.normalize() })),
  },
  {
    name: 'trims ids',
    breaks: 'keeps odd ids apart',
    mutate: (sound) => naming(sound, (entity) => ({ ...entity, id: entity.id.trim() })),
  },
  {
    name: 'cuts ids at 63 bytes',
    breaks: 'keeps odd ids apart',
    mutate: (sound) => naming(sound, (entity) => ({ ...entity, id: entity.id.slice(0, 63) })),
  },
  {
    name: 'folds the case of tenants',
    breaks: 'keeps equal ids of different tenants apart',
    mutate: (sound) => naming(sound, (entity) => ({ ...entity, tenant: entity.tenant.toLowerCase() })),
  },
  {
    name: 'leaves the tenant out of the key',
    breaks: 'judges conflicts within the tenant',
    mutate: (sound) => naming(sound, (entity) => ({ ...entity, tenant: 'everyone' })),
  },
  {
    name: 'joins type and id with a colon',
    breaks: 'keeps names apart that would be equal when joined',
    mutate: (sound) =>
      naming(sound, ({ tenant, type, id }) => ({ tenant: '', type: '', id: `${tenant}:${type}:${id}` })),
  },
  {
    name: 'cuts blobs at 1 MiB',
    breaks: 'takes a blob of 8 MiB',
    mutate: (sound) => ({
      readBlob: async (tenant, hash) => (await sound.readBlob(tenant, hash))?.subarray(0, 1 << 20),
    }),
  },
  {
    name: 'stores nothing of an event over 4 MiB',
    breaks: 'takes an event of 8 MiB',
    mutate: (sound) => storing(sound, (params) => (JSON.stringify(params).length > 1 << 22 ? {} : params)),
  },
]
