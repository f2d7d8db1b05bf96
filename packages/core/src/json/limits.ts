/** How large things may be. Over a limit is a typed refusal before anything is stored. */
export interface Limits {
  /** Levels of arrays and objects in one value. */
  readonly maxNestingDepth: number
  /** UTF-8 bytes of one event's JSON. */
  readonly maxEventBytes: number
  /** UTF-8 bytes of one entity's inline state. */
  readonly maxStateBytes: number
  /** Items of one list variable. */
  readonly maxListItems: number
  /** UTF-8 bytes of an entity id, a tenant, an idempotency key. */
  readonly maxIdBytes: number
}

/** The limits of a host that sets none. */
export const defaultLimits: Limits = {
  maxNestingDepth: 256,
  maxEventBytes: 16 * 1024 * 1024,
  maxStateBytes: 64 * 1024 * 1024,
  maxListItems: 100_000,
  maxIdBytes: 255,
}
