// What every property check is given, and how it answers.
import type { EntitySpec } from '@perdure/core'
import type { Replayer } from '../concrete/replay.ts'
import type { Trace } from '../concrete/trace.ts'
import type { Exploration } from '../explore/exploration.ts'
import type { PropertyKind, PropertyStatus } from '../report.ts'

/** One check under way. */
export interface Checking {
  readonly spec: EntitySpec
  readonly exploration: Exploration
  readonly replayer: Replayer
  /** Actions that are fair although they are inputs. */
  readonly fair: ReadonlySet<string>
  /** Actions that are taken at last when they become possible again and again. */
  readonly stronglyFair: ReadonlySet<string>
}

/** What a check says of a property. `inconclusive` may become clear with a larger margin. */
export interface Judgement {
  readonly kind: PropertyKind
  readonly name: string
  readonly status: PropertyStatus
  readonly message: string
  readonly trace?: Trace
}

/** Paths to try before a suspicion is left open. */
export const maxTries = 12

/** What cannot be said because the search was cut short. */
export const cutShort = 'the search was cut short before it had seen every state'

/** What cannot be said because no real run does what the model allows. */
export const unconfirmed =
  'the model allows it, but no real run was found that does it; what the model leaves out may rule it out'
