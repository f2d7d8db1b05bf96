// Map keys made of several names.
import type { EntityKey } from '../entity/entity-key.ts'

/** One string for several names; different names never give the same string, whatever characters they hold. */
export function address(...names: readonly string[]): string {
  return JSON.stringify(names)
}

/** The address of an entity. */
export function entityAddress(entity: EntityKey): string {
  return address(entity.tenant, entity.type, entity.id)
}
