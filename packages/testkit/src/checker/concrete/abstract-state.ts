import type { EntityState } from '@perdure/core'
import { cellOf } from '../abstraction/domain.ts'
import type { Layout } from '../abstraction/layout.ts'
import { readVariable } from './real-entity.ts'

/** The digits of a real state; undefined when it fits none, which says that an abstraction is wrong. */
export function cellsOfState({ statuses, slots }: Layout, state: EntityState): readonly number[] | undefined {
  const cells = [statuses.indexOf(state.status)]
  for (const { name, domain } of slots) cells.push(cellOf(domain, readVariable(state, name) ?? null))
  return cells.includes(-1) ? undefined : cells
}
