// A storage whose commits, loads and content reads are reported. Put around the host's storage when somebody listens;
// it changes nothing that passes through.
import { isPerdureError } from '@perdure/core'
import type { Attributes, CommitResult, CommitUnit, LoadedEntity, Storage, Telemetry } from '@perdure/core'
import { instruments } from './instruments.ts'

/** The storage, reporting. */
export function observeStorage(storage: Storage, telemetry: Telemetry): Storage {
  const observed: Partial<Storage> = {
    commit: async (units) => {
      const results = await observe(telemetry, instruments.commit.name, sizesOf(units), () =>
        storage.commit(units),
      )
      countResults(telemetry, units, results)
      return results
    },
    load: (entity, options) =>
      observe(
        telemetry,
        instruments.load.name,
        { 'perdure.type': entity.type },
        () => storage.load(entity, options),
        (loaded: LoadedEntity | undefined) => ({ 'perdure.events': loaded?.tail.length ?? 0 }),
      ),
    readBlob: (tenant, hash) =>
      observe(telemetry, instruments.hydrate.name, {}, () => storage.readBlob(tenant, hash)),
  }
  return new Proxy(storage, {
    get: (target, name) => {
      const member: unknown = observed[name as keyof Storage] ?? target[name as keyof Storage]
      return typeof member === 'function' && !(name in observed) ? member.bind(target) : member
    },
  })
}

/** Reports one operation, however it ends. */
export async function observe<Result>(
  telemetry: Telemetry,
  name: string,
  attributes: Attributes,
  work: () => Promise<Result>,
  found: (result: Result) => Attributes = () => ({}),
): Promise<Result> {
  const operation = telemetry.start(name, attributes)
  try {
    const result = await work()
    operation.end({ attributes: found(result) })
    return result
  } catch (error) {
    operation.end({ error: isPerdureError(error) ? error.code : 'fault' })
    throw error
  }
}

function sizesOf(units: readonly CommitUnit[]): Attributes {
  return {
    'perdure.units': units.length,
    'perdure.events': units.reduce((sum, { events }) => sum + events.length, 0),
  }
}

function countResults(
  telemetry: Telemetry,
  units: readonly CommitUnit[],
  results: readonly CommitResult[],
): void {
  let events = 0
  let conflicts = 0
  results.forEach(({ kind }, index) => {
    if (kind === 'committed') events += units[index]?.events.length ?? 0
    else if (kind === 'conflict') conflicts += 1
  })
  if (events > 0) telemetry.count(instruments.events.name, events)
  if (conflicts > 0) telemetry.count(instruments.conflicts.name, conflicts)
}
