// What was shown to somebody who looked, held against what is stored: a state that was, with the values it had.
import { formatEntityKey, isPerdureError } from '@perdure/core'
import type { EntityKey, EntityState } from '@perdure/core'
import { referenceFold } from '../properties/reference-fold.ts'
import { demand, demandSame, shown } from '../properties/violation.ts'
import type { StoredEntity } from './check-ledger.ts'

/** A hydrated state that was shown, or what came instead. */
export interface SeenState {
  readonly entity: EntityKey
  readonly state?: EntityState
  readonly error?: unknown
}

/** Errors that a reader may get. */
const expected: ReadonlySet<string> = new Set([
  'entity_not_found',
  'field_unavailable',
  'unavailable',
  'host_stopped',
])

/** @throws Violation */
export function checkReads(
  reads: readonly SeenState[],
  stored: readonly StoredEntity[],
  inlineMaxBytes: number,
): void {
  for (const { entity, state, error } of reads) {
    const name = formatEntityKey(entity)
    if (state === undefined) {
      const isAnswer = isPerdureError(error) && expected.has(error.code)
      demand(isAnswer, `${name}: reading it was answered with ${shown(error)}`)
      continue
    }
    const found = stored.find(({ entity: { type, id } }) => type === entity.type && id === entity.id)
    const upTo = found?.events.slice(0, state.version) ?? []
    demand(
      found !== undefined && upTo.length === state.version,
      `${name} was shown at ${state.version}, and never was there`,
    )
    const reference = referenceFold(found.spec, upTo, inlineMaxBytes)
    demand(
      reference.state.status === state.status,
      `${name} was shown as ${state.status} at ${state.version}`,
    )
    for (const [field, value] of Object.entries(state.fields)) {
      const wanted = reference.values.get(field)
      if (wanted !== undefined) demandSame(value, wanted, `${name}: ${field}, as shown at ${state.version}`)
    }
  }
}
