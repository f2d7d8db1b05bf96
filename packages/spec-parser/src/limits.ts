/** How large a spec may be. */
export interface SpecLimits {
  readonly fileBytes: number
  readonly states: number
  readonly variables: number
  readonly rules: number
  /** Levels of tables and arrays, and of brackets, `!` and `=>` in an expression. */
  readonly nesting: number
  /** UTF-8 bytes of a name. */
  readonly nameBytes: number
  /** `spawn` statements of one action. */
  readonly spawns: number
  /** `Type[path].status` look-ups of one rule. */
  readonly relatedLookups: number
}

/** The limits. Each has an error of its own; a file over one is refused, never cut. */
export const limits: SpecLimits = {
  fileBytes: 1024 * 1024,
  states: 1000,
  variables: 1000,
  rules: 10_000,
  nesting: 64,
  nameBytes: 255,
  spawns: 8,
  relatedLookups: 4,
}
