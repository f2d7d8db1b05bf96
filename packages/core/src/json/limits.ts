/** How large things may be. Over a limit is a typed refusal before anything is stored. */
export interface Limits {
  /** Levels of arrays and objects in one value. */
  readonly maxNestingDepth: number
  /** UTF-8 bytes of one event's JSON. */
  readonly maxEventBytes: number
  /**
   * UTF-8 bytes of one entity's state, as a snapshot holds it: fields that have overflowed count as references. An event that makes
   * the state no larger is taken even where it is over the limit, and so is a deletion.
   */
  readonly maxStateBytes: number
  /** Items of one list variable. */
  readonly maxListItems: number
  /** UTF-8 bytes of an entity id, a tenant, an idempotency key. */
  readonly maxIdBytes: number
}

/**
 * How far limits may be raised: beyond, an engine loses values that nest too deep (PGlite does so in silence), and ids no longer fit an
 * index. What is not here may have any size that memory has room for.
 */
export const highestLimits: Pick<Limits, 'maxNestingDepth' | 'maxIdBytes'> = {
  maxNestingDepth: 1_000,
  maxIdBytes: 1_000,
}

/** The limits of a host that sets none. */
export const defaultLimits: Limits = {
  maxNestingDepth: 256,
  maxEventBytes: 16 * 1024 * 1024,
  maxStateBytes: 64 * 1024 * 1024,
  maxListItems: 100_000,
  maxIdBytes: 255,
}
