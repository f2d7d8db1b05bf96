import type { EntityKey } from '@perdure/core'

/** No spec can declare it: a name of a type has no dot. */
export const importType = 'perdure.BodyImport'

/** The entity that holds what was imported from a table. */
export function importEntity(tenant: string, source: string): EntityKey {
  return { tenant, type: importType, id: source }
}
