// Specs change and events do not: what was lived under one spec is read under the next two, in which everything has another
// name, and must be the same but for the names.
import type { Host } from '@perdure/actors'
import { compileModel, evolve, formatEntityKey, isPerdureError, unborn, upcastEvent } from '@perdure/core'
import type { EntityKey, EntitySpec, EntityState, JsonValue } from '@perdure/core'
import { carryOut } from './carry-out.ts'
import { renameSpec } from './renamed-spec.ts'
import type { Renamed } from './renamed-spec.ts'
import type { ReplayProperty } from './replay-property.ts'
import { demand, demandSame, textOf } from './violation.ts'

type Plain = Omit<EntityState, 'status' | 'fields'> & { readonly status: string; readonly fields: object }

/** An entity as anybody sees it: its state, and the value of each field or why it cannot be had. */
interface Sight {
  readonly state: Plain
  readonly values: Readonly<Record<string, JsonValue>>
}

const upcastIsMigration: ReplayProperty = {
  number: 19,
  name: 'upcast: events of older specs, read today, are what migrated ones would be, and stay as they are stored',
  check: async ({ specs, stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    const renamed = new Map(specs.map((spec) => [spec.name, renameSpec(spec)]))
    const versions = (pick: (spec: Renamed) => EntitySpec) => ({ specs: [...renamed.values()].map(pick) })
    const sights = await stage.withHost((host) => Promise.all(entities.map((entity) => look(host, entity))))
    const middle = versions((spec) => spec.middle)
    const touched = await stage.withHost(
      (host) => Promise.all(entities.map((entity) => touch(host, entity))),
      middle,
    )

    await stage.withHost(
      async (host) => {
        for (const [index, entity] of entities.entries()) {
          const { type } = entity
          const names = renamed.get(type)
          const [before, isLater] = [sights[index], touched[index] === true]
          if (names === undefined || before === undefined) continue
          const expected = renameSight(before, names, isLater ? 1 : 0)
          const what = `${formatEntityKey(entity)} two specs later`
          demandSame(await look(host, entity), expected, what)
          const wasTouched = await touch(host, entity)
          await stage.storage.sweep({ now: stage.clock.now(), graceMs: 0 })
          const later = renameSight(expected, { field: same, status: same }, wasTouched ? 1 : 0)
          demandSame(await look(host, entity), later, `${what}, after a sweep`)
          await checkReading(names.last, await stage.eventsOf(entity))
        }
      },
      versions((spec) => spec.last),
    )
  },
}

const same = (name: string): string => name

/** Undefined when the entity does not exist. */
async function look(host: Host, { type, id, tenant }: EntityKey): Promise<Sight | undefined> {
  const ref = host.entity(type, id, { tenant })
  try {
    const { toJSON: _, ...state } = { ...(await ref.state()) }
    const values: Record<string, JsonValue> = {}
    for (const field of Object.keys(state.refs))
      values[field] = await ref.readField(field).then(
        (value) => ({ value: value ?? null }),
        (error: unknown) => ({ error: isPerdureError(error) ? error.code : String(error) }),
      )
    return { state, values }
  } catch (error) {
    if (isPerdureError(error, 'entity_not_found')) return undefined
    throw error
  }
}

/** Leaves an event of this host's spec that says nothing. @returns whether the entity took it */
async function touch(host: Host, { type, id, tenant }: EntityKey): Promise<boolean> {
  try {
    await host.entity(type, id, { tenant }).updateFields({})
    return true
  } catch (error) {
    if (isPerdureError(error, 'entity_not_found') || isPerdureError(error, 'entity_deleted')) return false
    throw error
  }
}

/** The same sight, under other names and so many events later. */
function renameSight(
  { state, values }: Sight,
  { field, status }: Pick<Renamed, 'field' | 'status'>,
  events: number,
): Sight {
  const keys = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [field(name), value]))
  return {
    state: {
      ...state,
      status: status(state.status),
      version: state.version + events,
      counters: keys(state.counters),
      numbers: keys(state.numbers),
      booleans: keys(state.booleans),
      lists: keys(state.lists),
      fields: { ...keys(state.fields as Readonly<Record<string, JsonValue>>), status: status(state.status) },
      refs: keys(state.refs),
    },
    values: keys(values),
  }
}

/** Reading an event as today's changes nothing the second time, and replay does the same reading. */
async function checkReading(spec: EntitySpec, events: Parameters<typeof evolve>[2]): Promise<void> {
  const model = compileModel(spec)
  const before = textOf(events)
  const read = events.map((event) => upcastEvent(model, event))
  for (const event of read)
    demand(upcastEvent(model, event) === event, 'an event read twice reads differently')
  demandSame(
    evolve(model, unborn, events).state,
    evolve(model, unborn, read).state,
    'events as they are and as read',
  )
  demand(textOf(events) === before, 'reading events changed them')
}

/** Properties of a spec that changes. */
export const upcastProperties: readonly ReplayProperty[] = [upcastIsMigration]
