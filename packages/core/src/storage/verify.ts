// What a storage finds when it looks itself through: data, never exceptions. The storages fill the report in, operators read it.
import type { EntityEvent } from '../entity/event.ts'
import type { EntityKey } from '../entity/entity-key.ts'
import { deletedAction } from '../entity/event.ts'
import { deletedStatus } from '../spec/reserved-names.ts'
import { StorageError } from './storage-error.ts'
import type { EntityHead } from './storage.ts'

/** Parts of a storage, in the order in which they are looked through. */
export type VerifyPart = 'heads' | 'events' | 'positions' | 'snapshots' | 'references' | 'blobs'

/** How far a look through a storage has come. */
export interface VerifyProgress {
  readonly part: VerifyPart
  /** Rows of this part looked at so far; positions of the log for `positions`. */
  readonly checked: number
  /** Findings so far, of all parts. */
  readonly findings: number
}

/** How a storage is looked through; everything has a default. */
export interface VerifyOptions {
  /**
   * The share of blobs whose bytes are read, decoded and hashed, above 0 and at most 1; everything else is always looked at
   * whole. Hashes are uniform, so a share of their range is a fair sample. @defaultValue 1
   */
  readonly sample?: number
  /**
   * Where in the range of hashes the sample begins, from 0 to below 1: ten nights with `sample: 0.1` from 0, 0.1, … 0.9 read
   * every blob once. @defaultValue 0
   */
  readonly sampleFrom?: number
  /** Ends it early, between two batches; the report says so. */
  readonly signal?: AbortSignal
  /** Told after every batch. */
  readonly onProgress?: (progress: VerifyProgress) => void
  /** Rows looked at in one statement. @defaultValue 2_000 */
  readonly batch?: number
  /** Findings that are kept; all are counted. @defaultValue 1_000 */
  readonly maxFindings?: number
}

/** What is wrong, and where. `describeFinding` says it in words, with what to do. */
export type VerifyFinding =
  /** A head does not say what the last event says; `events` is undefined when the entity has no event at all. */
  | {
      readonly kind: 'head_differs'
      readonly entity: EntityKey
      readonly of: 'version' | 'status' | 'updatedAt' | 'deletedAt'
      readonly head: number | string | undefined
      readonly events: number | string | undefined
    }
  /** Events from one sequence to another, both inclusive, are not there. */
  | {
      readonly kind: 'missing_events'
      readonly entity: EntityKey
      readonly fromSequence: number
      readonly toSequence: number
    }
  /** What is stored at this sequence is no event. */
  | { readonly kind: 'undecodable_event'; readonly entity: EntityKey; readonly sequence: number }
  /** A column beside an event's payload does not say what the payload says. */
  | {
      readonly kind: 'event_column_differs'
      readonly entity: EntityKey
      readonly sequence: number
      readonly column: 'action' | 'at' | 'idempotency_key'
    }
  /** Events of a stream that no entity has. */
  | { readonly kind: 'events_without_head'; readonly stream: string }
  /** Positions from one to another, both inclusive, that no event has. */
  | { readonly kind: 'missing_positions'; readonly from: bigint; readonly to: bigint }
  /** Two events at one position, or an event where none can be. */
  | { readonly kind: 'misplaced_position'; readonly position: bigint }
  /** The log's head is behind its newest event: the next commit would take a position twice. */
  | { readonly kind: 'log_head_behind'; readonly logHead: bigint; readonly lastPosition: bigint }
  | {
      readonly kind: 'unusable_snapshot'
      readonly entity: EntityKey
      readonly sequence: number
      readonly reason: string
    }
  | {
      readonly kind: 'snapshot_ahead'
      readonly entity: EntityKey
      readonly sequence: number
      readonly version: number
    }
  /** A snapshot of a stream that no entity has. */
  | { readonly kind: 'snapshot_without_head'; readonly stream: string }
  /** A reference to content that is not there. */
  | {
      readonly kind: 'dangling_reference'
      readonly tenant: string
      readonly hash: string
      readonly stream: string
      readonly field: string
    }
  /** A reference of a stream that no entity has: it keeps content that nobody can reach. */
  | {
      readonly kind: 'reference_without_head'
      readonly tenant: string
      readonly hash: string
      readonly stream: string
      readonly field: string
    }
  /** Content that does not decode, or not to the length and the hash it is stored under. */
  | {
      readonly kind: 'corrupt_blob'
      readonly tenant: string
      readonly hash: string
      readonly reason: 'undecodable' | 'length' | 'hash'
    }

/** What was looked at, exactly counted, and what is wrong with it. */
export interface VerifyReport {
  readonly heads: number
  readonly events: number
  /** The newest position that was looked for. */
  readonly positions: bigint
  readonly snapshots: number
  readonly references: number
  readonly blobs: number
  /** Blobs whose bytes were read: those of the sample. */
  readonly blobsRead: number
  /** False when the signal ended it early. */
  readonly isComplete: boolean
  /** The first ones, in order of discovery. */
  readonly findings: readonly VerifyFinding[]
  /** How many there were, kept or not. */
  readonly findingCount: number
}

/** Whether a blob is in the sample. */
export function isSampled(hash: string, { sample = 1, sampleFrom = 0 }: VerifyOptions): boolean {
  if (sample >= 1) return true
  const place = Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32
  return (place - sampleFrom + 1) % 1 < sample
}

/** @throws StorageError `storage_misconfigured` when an option makes no sense */
export function checkVerifyOptions({ sample = 1, sampleFrom = 0, batch = 1 }: VerifyOptions): void {
  if (!(sample > 0 && sample <= 1)) throw misfit(`sample must be above 0 and at most 1, not ${sample}`)
  if (!(sampleFrom >= 0 && sampleFrom < 1))
    throw misfit(`sampleFrom must be from 0 to below 1, not ${sampleFrom}`)
  if (!(Number.isInteger(batch) && batch > 0))
    throw misfit(`batch must be a whole number above 0, not ${batch}`)
}

function misfit(why: string): StorageError {
  return new StorageError('storage_misconfigured', `a storage cannot be verified: ${why}`)
}

/** What a head says that its last event does not; `last` is undefined when there is no event. */
export function compareHead(head: EntityHead, last: EntityEvent | undefined): readonly VerifyFinding[] {
  const { tenant, type, id } = head
  const findings: VerifyFinding[] = []
  const compare = (
    of: 'version' | 'status' | 'updatedAt' | 'deletedAt',
    stored: number | string | undefined,
    events: number | string | undefined,
  ): void => {
    if (stored === events) return
    findings.push({ kind: 'head_differs', entity: { tenant, type, id }, of, head: stored, events })
  }
  compare('version', head.version, last?.sequence)
  // What follows from another event than the last says nothing.
  if (last === undefined || last.sequence !== head.version) return findings
  compare('status', head.status, last.to)
  compare('updatedAt', head.updatedAt, last.at)
  const isTombstone = last.action === deletedAction || last.to === deletedStatus
  compare('deletedAt', head.deletedAt, isTombstone ? last.at : undefined)
  return findings
}
