// The order in which rows of contents and references are locked, by whomever, so that nobody deadlocks.

/** The key of a content or, with the last two, of a reference. */
export interface ContentKey {
  readonly tenant: string
  readonly hash: Buffer
  readonly stream?: string
  /** As its column has it. */
  readonly owner?: string
}

/**
 * Keys in the order of the primary key. A statement that joins rows to such an array goes through it from first to last, and
 * so locks the rows in this order, on each server that holds some of them.
 */
export function inKeyOrder<Key extends ContentKey>(keys: readonly Key[]): Key[] {
  return keys.toSorted(
    (one, other) =>
      compareText(one.tenant, other.tenant) ||
      Buffer.compare(one.hash, other.hash) ||
      compareText(one.stream ?? '', other.stream ?? '') ||
      compareText(one.owner ?? '', other.owner ?? ''),
  )
}

/** As collation "C" has it: by the bytes of UTF-8. */
function compareText(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other))
}
