// What a caller may set. Defaults make a typical spec a matter of milliseconds and a large one a matter of a minute.
import type { Clock, EntitySpec, JsonObject } from '@perdure/core'
import { systemClock } from '@perdure/core'
import type { SearchProgress } from './explore/explore.ts'
import type { PropertyKind, PropertySeverity } from './report.ts'

/** How a check is getting on. */
export interface VerifyProgress extends SearchProgress {
  /** The entity type. */
  readonly name: string
  /** See `SpecReport.margin`: grows when a search is repeated with more told apart. */
  readonly margin: number
  /** Set while mutants are checked. */
  readonly mutant?: string
}

/** Settings of a check. */
export interface VerifyOptions {
  /** States after which a search is cut short. @defaultValue 2000000 */
  readonly maxStates?: number
  /** Milliseconds a spec after which its search is cut short, mutants not included. @defaultValue 60000 */
  readonly maxMillis?: number
  /** Memory of a search's arrays. @defaultValue 1024 */
  readonly maxMemoryMB?: number
  /** How often a search is repeated with more numbers told apart before a property is left open. @defaultValue 16 */
  readonly maxMargin?: number
  /** What `[[liveness]] reaches` asks: that it is always possible, or that every fair run gets there. @defaultValue 'possible' */
  readonly liveness?: 'possible' | 'inevitable'
  /** Input actions that are sure to be asked when they stay possible. */
  readonly fair?: readonly string[]
  /** Actions that are sure to be asked when they become possible again and again, though not for long each time. */
  readonly stronglyFair?: readonly string[]
  /** Fields given at creation, or `any`: whatever creation accepts. @defaultValue {} */
  readonly create?: JsonObject | 'any'
  /** How much kinds of properties weigh. */
  readonly severities?: Partial<Readonly<Record<PropertyKind, PropertySeverity>>>
  /** Commands compared with core's decide and evolve; 0: none. @defaultValue 2000 */
  readonly conformance?: number
  /** Changes the spec in small ways and reports which changes no property notices. @defaultValue false */
  readonly mutation?: boolean
  readonly clock?: Pick<Clock, 'now'>
  /** Called a few times a second while a search takes long. */
  readonly onProgress?: (progress: VerifyProgress) => void
  /** Cuts every search short once it is aborted; of use with `verifySpecInTurns`, which lets others abort it. */
  readonly signal?: AbortSignal
}

/** Settings with every default filled in. */
export type VerifySettings = Required<Omit<VerifyOptions, 'onProgress' | 'severities' | 'signal'>> & {
  readonly severities: Readonly<Record<PropertyKind, PropertySeverity>>
  readonly onProgress: ((progress: VerifyProgress) => void) | undefined
  readonly signal: AbortSignal | undefined
  /** What the first search tells apart beyond the constants. */
  readonly minMargin: number
  /** Other specs at hand, by entity type. */
  readonly others: ReadonlyMap<string, EntitySpec>
}

const defaultSeverities: Readonly<Record<PropertyKind, PropertySeverity>> = {
  invariant: 'error',
  creation: 'warning',
  terminal: 'error',
  deadlock: 'error',
  has_actions: 'error',
  possible: 'error',
  inevitable: 'info',
  preceded_by: 'error',
  unreachable_state: 'warning',
  dead_action: 'warning',
  guard_never_true: 'warning',
  guard_never_false: 'info',
  vacuous_invariant: 'warning',
  conformance: 'error',
}

/** Fills in the defaults. */
export function settingsOf(options: VerifyOptions, others: ReadonlyMap<string, EntitySpec>): VerifySettings {
  const liveness = options.liveness ?? 'possible'
  const asked: Partial<Record<PropertyKind, PropertySeverity>> =
    liveness === 'inevitable' ? { inevitable: 'error' } : {}
  return {
    maxStates: options.maxStates ?? 2_000_000,
    maxMillis: options.maxMillis ?? 60_000,
    maxMemoryMB: options.maxMemoryMB ?? 1024,
    maxMargin: options.maxMargin ?? 16,
    liveness,
    fair: options.fair ?? [],
    stronglyFair: options.stronglyFair ?? [],
    create: options.create ?? {},
    severities: { ...defaultSeverities, ...asked, ...options.severities },
    conformance: options.conformance ?? 2_000,
    mutation: options.mutation ?? false,
    clock: options.clock ?? systemClock,
    onProgress: options.onProgress,
    signal: options.signal,
    minMargin: 0,
    others,
  }
}
