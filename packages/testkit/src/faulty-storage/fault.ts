// Faults as data: what may go wrong with one call of a storage. A plan says where, the faulty storage carries it out.
import type { Storage, StorageErrorCode } from '@perdure/core'

/** A method of the storage port that does work. */
export type StorageMethod = Exclude<keyof Storage, 'capabilities'>

/** One way a call goes wrong. */
export type Fault =
  /** Not carried out; a definite error. */
  | { readonly kind: 'failBefore'; readonly code?: StorageErrorCode }
  /** Carried out, and the answer lost: the caller sees `outcome_unknown`. */
  | { readonly kind: 'failAfter' }
  /** Never answers. Needs a caller that gives up, or a host that dies. */
  | { readonly kind: 'hang'; readonly isCarriedOut: boolean }
  /** Answers late. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Carried out after the call that comes next, as by a pool with several connections; alone if none comes in a second. */
  | { readonly kind: 'reorder' }
  /** Before the call the host's time of day is corrected by so much; its timers stay where they are. */
  | { readonly kind: 'clockJump'; readonly ms: number }
  /** Carried out twice, as by a driver or a proxy that repeats. */
  | { readonly kind: 'duplicate' }
  /** A commit is carried out and answers for fewer units than it was sent. */
  | { readonly kind: 'missingResults' }
  /** A commit is carried out and says that its first unit met a conflict. Breaks the storage contract. */
  | { readonly kind: 'wrongResult' }
  /** A read from an older state: the newest `behind` events are not seen, nor anything that knows of them. */
  | { readonly kind: 'staleRead'; readonly behind: number }
  /** The content read does not have its hash: the storage says so. */
  | { readonly kind: 'corruptBlob' }
  /** The content is not there. */
  | { readonly kind: 'missingBlob' }
  /** The content is cut short, and the storage does not notice. Breaks the storage contract. */
  | { readonly kind: 'truncatedBlob' }
  /** Power fails before the call: the host dies, and the last `commits` acknowledged commits with it. */
  | { readonly kind: 'lostUnsynced'; readonly commits: number }
  /** The host dies before, during or after the call; during a commit means that half of its units are stored. */
  | { readonly kind: 'crashBefore' | 'crashDuring' | 'crashAfter' }

/** What a fault is called. */
export type FaultKind = Fault['kind']

/** A fault at a call. */
export interface PlannedFault {
  /** Which call, from 1: of all calls of a run or, better where other calls may come and go, of one method's. */
  readonly at: number
  readonly of?: StorageMethod
  readonly fault: Fault
}

/** One call of a storage, as a plan sees it. */
export interface StorageCall {
  /** From 1, over all calls. */
  readonly index: number
  readonly method: StorageMethod
  /** From 1, over the calls of this method. */
  readonly nth: number
}

const reads: readonly StorageMethod[] = [
  'load',
  'readPage',
  'readEvents',
  'findByIdempotencyKey',
  'readHeads',
]
const only: Readonly<Partial<Record<FaultKind, readonly StorageMethod[]>>> = {
  missingResults: ['commit'],
  wrongResult: ['commit'],
  staleRead: reads,
  corruptBlob: ['readBlob'],
  missingBlob: ['readBlob'],
  truncatedBlob: ['readBlob'],
}

/** Whether a fault means anything for a method; where it does not, the call goes through. */
export function canStrike(fault: FaultKind, method: StorageMethod): boolean {
  return method !== 'close' && (only[fault]?.includes(method) ?? true)
}
