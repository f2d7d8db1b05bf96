// What a check says: plain data, safe to write as JSON.
import type { LimitName } from './explore/exploration.ts'
import type { Trace } from './concrete/trace.ts'
import type { MutationReport } from './mutation/mutation-report.ts'

/** `inconclusive`: a limit was met, or something could be neither proved nor refuted. Never a pass. */
export type Verdict = 'pass' | 'fail' | 'inconclusive'

/** What is checked of a spec. */
export type PropertyKind =
  /** A declared invariant holds in every reachable state, and no command is refused on its account. */
  | 'invariant'
  /** Creation without fields is not refused by a field invariant. */
  | 'creation'
  /** No action leaves a terminal status. */
  | 'terminal'
  /** In every state that is not terminal some command is accepted. */
  | 'deadlock'
  /** Liveness `has_actions`: in those statuses some command is always accepted. */
  | 'has_actions'
  /** Liveness `reaches`: whatever has happened, some run leads there. */
  | 'possible'
  /** Liveness `reaches`: every fair run gets there. */
  | 'inevitable'
  /** No run is in a status without having been in another before. */
  | 'preceded_by'
  | 'unreachable_state'
  /** A rule never applies. */
  | 'dead_action'
  | 'guard_never_true'
  | 'guard_never_false'
  /** An invariant is never asked anything: its statuses, or the left side of its `=>`, do not occur. */
  | 'vacuous_invariant'
  /** Core's decide and evolve do what the checker's model of them says. */
  | 'conformance'

/** An error decides the verdict; a warning and an info are reported only. */
export type PropertySeverity = 'error' | 'warning' | 'info' | 'off'

/** Whether a property holds. */
export type PropertyStatus = 'holds' | 'violated' | 'inconclusive'

/** One property, judged. */
export interface PropertyResult {
  readonly kind: PropertyKind
  /** Of the invariant, the liveness property, the status or the rule; empty for properties of the whole. */
  readonly name: string
  readonly severity: Exclude<PropertySeverity, 'off'>
  readonly status: PropertyStatus
  readonly message: string
  /** A run of the real entity that shows it. */
  readonly trace?: Trace
}

/** What was compared with core's decide and evolve. */
export interface ConformanceCount {
  readonly states: number
  readonly commands: number
}

/** The check of one spec. */
export interface SpecReport {
  /** The entity type. */
  readonly name: string
  readonly specHash: string
  readonly verdict: Verdict
  /** Distinct states of the model that were found. */
  readonly states: number
  readonly transitions: number
  /** Steps to the farthest state. */
  readonly depth: number
  /** Numbers are told apart one by one up to the largest constant plus this. */
  readonly margin: number
  readonly elapsedMs: number
  /** Of it, the search. */
  readonly searchMs: number
  /** Present when the search was cut short. */
  readonly limit?: LimitName
  /** Why there was nothing to search. */
  readonly refusal?: string
  readonly properties: readonly PropertyResult[]
  /** Variables and fields that were followed; all others change no verdict. */
  readonly variables: readonly string[]
  /** What was taken for granted. */
  readonly assumptions: readonly string[]
  readonly conformance: ConformanceCount
  readonly mutation?: MutationReport
}

/** The check of one or more specs. */
export interface VerifyReport {
  /** The worst of all. */
  readonly verdict: Verdict
  readonly elapsedMs: number
  readonly specs: readonly SpecReport[]
}

/** The worse of two verdicts: a failure is certain whatever else is not. */
export function worseVerdict(left: Verdict, right: Verdict): Verdict {
  if (left === 'fail' || right === 'fail') return 'fail'
  return left === 'inconclusive' || right === 'inconclusive' ? 'inconclusive' : 'pass'
}

/** The exit code of a program that ends with this verdict. */
export function exitCodeOf({ verdict }: Pick<VerifyReport, 'verdict'>): 0 | 1 | 2 {
  if (verdict === 'pass') return 0
  return verdict === 'fail' ? 1 : 2
}
