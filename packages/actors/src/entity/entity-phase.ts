import type { EntityState } from '@perdure/core'

/**
 * Where an entity is in its life inside this process: `unloaded` (a command, or somebody who looks, starts the activation)
 * → `loading` → `replaying` → `running` (commands are decided) → `stopped`. A conflict or a failed write leads from
 * `running` back to `unloaded`. Commands that come before `running` wait in order.
 */
export type EntityPhase = 'unloaded' | 'loading' | 'replaying' | 'running' | 'stopped'

/** Told of what can be seen from outside: committed states and phases. */
export interface EntityObserver {
  onPhase(phase: EntityPhase): void
  /** The state was read from storage; it had committed before. */
  onLoaded(state: EntityState): void
  /** Commands of this process have committed. */
  onCommitted(state: EntityState): void
}
