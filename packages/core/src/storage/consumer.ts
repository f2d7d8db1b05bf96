// Named consumers as a storage keeps them: how far each has come, who has its work, and what went wrong. Time comes from
// the caller, as everywhere in the port.

/** A named consumer, as stored. */
export interface ConsumerState {
  readonly name: string
  /** Its checkpoint: whatever of the log up to here concerned it has been handled. */
  readonly position: bigint
  /** Positions between the checkpoint and the head of the log. */
  readonly lag: bigint
  /** How often in a row what follows the checkpoint has failed; 0 once the checkpoint moves. */
  readonly attempts: number
  /** When it may be tried again, epoch milliseconds. */
  readonly nextAttemptAt?: number
  /** Since when it has been blocked: tried as often as it was to be. Only `resetConsumer` lets it go on. */
  readonly blockedAt?: number
  /** What the last failure said; absent once the checkpoint moves. */
  readonly lastError?: string
  /** Until when somebody has its work, epoch milliseconds; absent: nobody. */
  readonly heldUntil?: number
  /** When any of this last changed, epoch milliseconds. */
  readonly updatedAt: number
}

/** Somebody wants to do a consumer's work. */
export interface ConsumerClaim {
  readonly name: string
  /** Who; the same owner may claim again what it holds. */
  readonly owner: string
  /** Where a consumer starts that is not stored yet: behind this position, or behind the head. */
  readonly from: bigint | 'head'
  readonly now: number
  /** How long the work is theirs, unless they say so again, milliseconds. */
  readonly leaseMs: number
}

/** Who has the work now. */
export type ConsumerClaimResult =
  /** The claimant, under this epoch: a number that is never given twice, and that every change must name. */
  | { readonly kind: 'claimed'; readonly epoch: number; readonly consumer: ConsumerState }
  /** Somebody else, until `heldUntil`. */
  | { readonly kind: 'held'; readonly consumer: ConsumerState }
  /** Nobody before `nextAttemptAt`. */
  | { readonly kind: 'waiting'; readonly consumer: ConsumerState }
  /** Nobody until it is reset. */
  | { readonly kind: 'blocked'; readonly consumer: ConsumerState }

/** A checkpoint moves on, or is said again to keep the work. */
export interface ConsumerAdvance {
  readonly name: string
  readonly epoch: number
  readonly position: bigint
  readonly now: number
  readonly leaseMs: number
}

/** What follows the checkpoint could not be handled. Gives the work back. */
export interface ConsumerFailure {
  readonly name: string
  readonly epoch: number
  readonly attempts: number
  readonly error: string
  /** When to try again, epoch milliseconds; absent: blocked. */
  readonly nextAttemptAt?: number
  readonly now: number
}

/** An operator's doing. */
export interface ConsumerReset {
  /** The new checkpoint: 0 has it start over. @defaultValue where it is */
  readonly to?: bigint
  readonly now: number
}
