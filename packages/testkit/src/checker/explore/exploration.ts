// What a search found: every state, how it was first reached, and what was noticed on the way. Properties read it.
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import type { Truth } from '../abstraction/truth.ts'
import type { StateSet } from './state-set.ts'

/** A limit that ended a search before it had seen everything. */
export type LimitName = 'maxStates' | 'maxMillis' | 'maxMemoryMB' | 'interrupted'

/** A step that was taken: from a state, by an edge, to digits. */
export interface Sighting {
  /** -1: the state is an initial one. */
  readonly parent: number
  readonly edge: number
  readonly cells: readonly number[]
}

/** A state in which an invariant is false, or may be. */
export interface Suspect extends Sighting {
  readonly truth: Exclude<Truth, 'true'>
}

/** Edges by source, in order of discovery: of source `s`, the places `starts[s]` up to `starts[s + 1]`. */
export interface EdgeIndex {
  readonly starts: Int32Array
  readonly targets: Int32Array
  /** See `edgeFacts`. Neighbours of one source with equal edges are the possible ends of one command. */
  readonly edges: Int32Array
}

/** A command that a guard may refuse: the choice of an edge, in a state. */
export interface GuardFailure {
  readonly parent: number
  readonly edge: number
}

/** What each guard was seen to be. */
export interface GuardSight {
  readonly mayHold: boolean
  /** Some of the cases in which it may fail; none: it never does. */
  readonly failures: readonly GuardFailure[]
}

/** Bits of `Exploration.enabled`. */
export const enabledBits: { readonly some: 1; readonly sure: 2 } = { some: 1, sure: 2 }

/** Everything a search found. */
export interface Exploration {
  readonly abstract: AbstractModel
  readonly states: StateSet
  /** The state that led to a state first; -1 of initial states. */
  readonly parents: Int32Array
  /** The edge that led to a state first. */
  readonly via: Int32Array
  readonly transitions: number
  /** Steps to the farthest state. */
  readonly depth: number
  /** Of each state, whether a command may be, and surely is, accepted. Only states that were expanded have it. */
  readonly enabled: Uint8Array
  /** States that were expanded; all of them unless a limit was met. */
  readonly expanded: number
  readonly index: EdgeIndex | undefined
  /** By invariant. */
  readonly suspects: readonly (readonly Suspect[])[]
  /** By invariant: where it was asked first; undefined: nowhere. */
  readonly asked: readonly (Sighting | undefined)[]
  /** By place of the rule in the file. */
  readonly guards: ReadonlyMap<number, GuardSight>
  /** The first time each rule applied, by place in the file. */
  readonly firings: ReadonlyMap<number, Sighting>
  /** The first step out of a terminal status, if there is one. */
  readonly terminalLeft: Sighting | undefined
  readonly limit: LimitName | undefined
}

/** The status of a state. */
export function statusOf({ abstract, states }: Exploration, id: number): string {
  const { statuses } = abstract.layout
  return statuses[(states.lows[id] as number) % statuses.length] ?? ''
}
