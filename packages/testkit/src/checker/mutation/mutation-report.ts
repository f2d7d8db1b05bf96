/** What became of one small change to a spec. */
export interface Mutant {
  /** `Finish: guard dropped`. */
  readonly description: string
  /** `killed`: a required property noticed it. `survived`: none did. `unjudged`: a limit was met. */
  readonly fate: 'killed' | 'survived' | 'unjudged'
  /** The property that noticed it. */
  readonly killedBy?: string
}

/** Whether the properties of a spec would notice if it were wrong. */
export interface MutationReport {
  readonly killed: number
  readonly survived: number
  readonly unjudged: number
  /** Killed of all judged, between 0 and 1; 1 when there was nothing to change. */
  readonly score: number
  readonly mutants: readonly Mutant[]
}
