import type { EntityState } from '@perdure/core'

/** Where an entity is in its life inside this process. */
export type EntityPhase = 'unloaded' | 'loading' | 'replaying' | 'running' | 'stopped'

/** Told of what can be seen from outside: committed states and phases. */
export interface EntityObserver {
  readonly onPhase: (phase: EntityPhase) => void
  /** The state was read from storage; it had committed before. */
  readonly onLoaded: (state: EntityState) => void
  /** Commands of this process have committed. */
  readonly onCommitted: (state: EntityState) => void
}
