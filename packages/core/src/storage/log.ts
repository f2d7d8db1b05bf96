// The log: every event of every entity in one order. Readers go through it by position, with a cursor of their own.
import type { EntityEvent } from '../entity/event.ts'

/** An event and its place in the log. */
export interface LogEntry {
  /** 1-based, dense, in the order of commits. */
  readonly position: bigint
  readonly event: EntityEvent
}

/** Which part of the log to read. */
export interface LogRange {
  /** Only events behind this position; 0 reads from the start. */
  readonly after: bigint
  /** At most this many entries. @defaultValue 500 */
  readonly limit?: number
  /** Ends the page before its events take more bytes of JSON than this; the first one comes whatever it takes. @defaultValue 8 MiB */
  readonly maxBytes?: number
  /** Only events of these entity types; absent: all, empty: none. */
  readonly types?: readonly string[]
  /** Only events of this tenant. @defaultValue all tenants */
  readonly tenant?: string
}

/** A page of the log, as it stood at one moment. */
export interface LogPage {
  /** In order of position; empty when nothing behind `after` fits, or nothing of what the storage looked through. */
  readonly entries: readonly LogEntry[]
  /**
   * Whoever has read this page has seen everything up to here that fits, and reads on after it. It passes over what does not
   * fit and over what is gone for good, so it may lie behind the last entry.
   */
  readonly seenUpTo: bigint
  /** The newest position at that moment; 0 in an empty storage. */
  readonly head: bigint
}

/** Tells one reader that the log has grown. A hint: it may come for nothing, and a reader that relies on it looks now and then all the same. */
export interface LogWatch {
  /**
   * Resolves once there may be something behind `after`: at once when the watch has heard so since it last resolved. Nothing
   * that is committed after `watchLog` resolved is missed. Resolves, too, when the signal fires, the watch is closed, or the
   * storage is. One call at a time.
   */
  changed(after: bigint, signal: AbortSignal): Promise<void>
  /** Ends the watch; idempotent. */
  close(): void
}

/** Entries of a page, when the reader does not say. */
export const defaultLogLimit = 500

/** Bytes of a page, when the reader does not say. */
export const defaultLogBytes: number = 8 * 1024 * 1024
