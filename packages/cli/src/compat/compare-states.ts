import { canonicalJson, hashContent } from '@perdure/core'
import type { CarriedNames, EntitySpec, EntityState } from '@perdure/core'

/** Where two readings of one entity part: a status, a field. Values are not shown; a field may be sensitive. */
export type StateGap =
  | { readonly kind: 'status'; readonly before: string; readonly after: string }
  | { readonly kind: 'unknown_status'; readonly status: string }
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'deleted' }

/**
 * What the newer reading of an entity lacks or has otherwise, under the names of today. A value is the same whether it is inline or
 * overflowed; what the newer reading has besides is no gap.
 */
export function findGap(
  [older, newer]: readonly [EntitySpec, EntitySpec],
  names: CarriedNames,
  before: EntityState,
  after: EntityState,
): StateGap | undefined {
  const status = names.status(before.status)
  if (status !== after.status) return { kind: 'status', before: status, after: after.status }
  if (status !== '' && !newer.states.includes(status) && status !== 'Deleted')
    return { kind: 'unknown_status', status }
  if ((before.deletedAt === undefined) !== (after.deletedAt === undefined)) return { kind: 'deleted' }
  const variables = new Set(older.variables.map(({ name }) => name))
  for (const field of [...Object.keys(before.fields), ...Object.keys(before.refs)]) {
    if (field === 'status') continue
    const today = variables.has(field) ? names.variable(field) : fieldToday(names, field)
    if (contentOf(before, field) !== contentOf(after, today)) return { kind: 'field', field: today }
  }
  return undefined
}

/** A field that is no variable goes by the name of the param that leaves it behind, or that an upcast gives it by itself. */
function fieldToday({ param, variable }: CarriedNames, field: string): string {
  const renamed = param(field)
  return renamed === field ? variable(field) : renamed
}

/** One text for a value, wherever it is. */
function contentOf({ fields, refs }: EntityState, field: string): string | undefined {
  const ref = Object.hasOwn(refs, field) ? refs[field] : undefined
  if (ref !== undefined) return ref.hash
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined
  return value === undefined ? undefined : hashContent(canonicalJson(value))
}
