import { encodeSnapshot, formatEntityKey } from '@perdure/core'
import type { EntityKey, EntityModel, EntityState } from '@perdure/core'
import type { EntityDeps } from './entity-deps.ts'
import { keyText } from './key-text.ts'

/** Has the snapshot of a committed state stored, behind the commits: one that comes later and is not stored yet takes its place. */
export function keepSnapshot(
  { storage, behind, cycle }: EntityDeps,
  { name: type, specHash }: EntityModel,
  entity: EntityKey,
  state: EntityState,
): void {
  behind.put({
    operation: 'snapshot',
    about: formatEntityKey(entity),
    key: keyText(entity),
    run: async () => {
      await storage.saveSnapshot(entity, encodeSnapshot({ type, specHash }, state))
      cycle.counters.snapshots++
    },
  })
}
