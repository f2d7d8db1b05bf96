import type { EntityKey } from '@perdure/core'

/** One text per entity, for maps: ids and tenants never contain NUL. What people read is `formatEntityKey`. */
export function keyText({ tenant, type, id }: EntityKey): string {
  return `${tenant}\0${type}\0${id}`
}
