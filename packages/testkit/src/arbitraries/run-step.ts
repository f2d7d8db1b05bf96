// A run as data: what is asked of entities, what befalls their hosts, and what goes wrong below them. Everything that a
// run consists of is here, so that it can be shrunk, printed, stored as JSON and carried out again.
import type { JsonObject } from '@perdure/core'
import type { PlannedFault } from '../faulty-storage/fault.ts'
import type { HostileKind } from './hostile-value.ts'

/** An entity of a run: a place rather than an id, for a place whose entity has ended is given a fresh one. */
export interface RunPlace {
  readonly type: string
  /** `e0`, `e1`, …; the id of the place's first entity. */
  readonly id: string
}

/** What is asked of an entity. Names and values stand for themselves, so that removing other steps changes nothing here. */
export type RunCommand = RunPlace & {
  /** Index of the host that is asked; counted round when there are fewer. */
  readonly host: number
  /** Whether the next step waits until this command is settled. */
  readonly isAwaited: boolean
} & (
    | { readonly kind: 'spawn'; readonly fields: JsonObject }
    | {
        readonly kind: 'ask'
        readonly action: string
        readonly params: JsonObject
        /** A param whose value JSON cannot say, or that nobody should hand over. */
        readonly hostile?: { readonly param: string; readonly value: HostileKind }
        readonly idempotencyKey?: string
      }
    | { readonly kind: 'update'; readonly fields: JsonObject }
    | { readonly kind: 'delete' }
  )

/** What befalls a host, or what somebody else does beside the commands. */
export type HostAction =
  /** The host dies: nothing it had not stored is left. It is started again. */
  | { readonly kind: 'crash'; readonly host: number }
  /** The host is stopped in good order and started again. */
  | { readonly kind: 'restart'; readonly host: number }
  /** The host stands still, as in a long garbage collection, while the others go on. */
  | { readonly kind: 'pause'; readonly host: number; readonly ms: number }
  /** Waits until the host has settled everything. */
  | { readonly kind: 'flush'; readonly host: number }
  | ({ readonly kind: 'passivate'; readonly host: number } & RunPlace)
  /** Reads the state with all contents in place. */
  | ({ readonly kind: 'read'; readonly host: number } & RunPlace)
  /** A snapshot of the stored state is saved, whatever the spec's `snapshot_every` says. */
  | ({ readonly kind: 'snapshot' } & RunPlace)
  /** Storage loses the contents of the entity's fields that the log can rebuild. Only where blobs can be damaged. */
  | ({ readonly kind: 'lose' } & RunPlace)
  | { readonly kind: 'sweep'; readonly graceMs: number }
  | { readonly kind: 'advance'; readonly ms: number }

/** One step of a run. */
export type RunStep = RunCommand | HostAction

/** A whole run. */
export interface Run {
  readonly steps: readonly RunStep[]
  readonly faults: readonly PlannedFault[]
  /** Seed of everything that the run leaves to chance: latencies, jitter. */
  readonly schedule: number
}

/** Whether a step asks something of an entity. */
export function isCommand(step: RunStep): step is RunCommand {
  return step.kind === 'spawn' || step.kind === 'ask' || step.kind === 'update' || step.kind === 'delete'
}
