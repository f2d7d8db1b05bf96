import type { StorageError } from './storage-error.ts'

/** What became of one unit of a commit. */
export type CommitResult =
  /** Stored, now or by an earlier call with the same unit. */
  | {
      readonly kind: 'committed'
      /** Global position of the unit's first event; the others follow one by one. */
      readonly firstPosition: bigint
    }
  /** Somebody else moved the entity on; nothing of the unit is stored. */
  | {
      readonly kind: 'conflict'
      /** The version found; 0 when the entity does not exist. */
      readonly actualVersion: number
    }
  /** The storage cannot take this unit (too large, not encodable); its neighbours were not touched. */
  | { readonly kind: 'refused'; readonly error: StorageError }
