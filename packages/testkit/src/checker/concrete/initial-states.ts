// How entities begin: with the fields that the caller says creation brings, or with whatever creation accepts.
import type { JsonObject, JsonValue } from '@perdure/core'
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import { product } from '../transition/action-plan.ts'
import { cellsOfState } from './abstract-state.ts'
import { ValueMaker } from './make-values.ts'
import type { RealEntity } from './real-entity.ts'

/** One way to begin. */
export interface Beginning {
  readonly cells: readonly number[]
  /** Fields given at creation. */
  readonly fields: JsonObject
}

/** More ways to begin than these are not tried. */
const maxBeginnings = 20_000

/** The ways to begin; a text says why there is none to check. */
export function beginningsOf(
  abstract: AbstractModel,
  entity: RealEntity,
  create: JsonObject | 'any',
): readonly Beginning[] | string {
  if (create !== 'any') {
    const created = entity.create(create)
    if (created.kind === 'refused') return created.rejection.message
    const cells = cellsOfState(abstract.layout, created.state)
    return cells === undefined
      ? 'its initial values do not fit the types of its variables'
      : [{ cells, fields: create }]
  }
  const { slots, radices } = abstract.layout
  const count = radices.slice(1).reduce((total, radix) => total * radix, 1)
  if (count > maxBeginnings) return `creation with any fields gives ${count} ways to begin`
  const maker = new ValueMaker()
  const columns = slots.map(({ domain, type }) =>
    domain.values.map((value) => maker.valuesOf(value, type)[0] ?? null),
  )
  return product<JsonValue>(columns).flatMap((values) => {
    const fields = Object.fromEntries(slots.map(({ name }, index) => [name, values[index] ?? null]))
    const created = entity.creationRefusal(fields) === undefined ? entity.create(fields) : undefined
    if (created?.kind !== 'accepted') return []
    const cells = cellsOfState(abstract.layout, created.state)
    return cells === undefined ? [] : [{ cells, fields }]
  })
}
