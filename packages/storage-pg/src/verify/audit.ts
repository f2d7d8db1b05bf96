// Walks one table after the other in pages, by key, and keeps what is found. Knows nothing of what is looked for.
import type { VerifyFinding, VerifyOptions, VerifyPart, VerifyReport } from '@perdure/core'

/** One page of a table, looked at. */
export interface Page<Key> {
  readonly rows: number
  /** Blobs whose bytes were read. */
  readonly read?: number
  /** Where the next page goes on; undefined: this was the last. */
  readonly last: Key | undefined
  readonly findings: readonly VerifyFinding[]
}

/** Looks at the page after a key; undefined: from the beginning. */
export type ReadPage<Key> = (after: Key | undefined) => Promise<Page<Key>>

const counterOf = {
  heads: 'heads',
  events: 'events',
  positions: undefined,
  snapshots: 'snapshots',
  references: 'references',
  blobs: 'blobs',
} as const satisfies Record<VerifyPart, keyof VerifyReport | undefined>

/** Gathers a report. */
export class Audit {
  readonly #options: VerifyOptions
  readonly #counts = { heads: 0, events: 0, snapshots: 0, references: 0, blobs: 0, blobsRead: 0 }
  readonly #findings: VerifyFinding[] = []
  #findingCount = 0
  #isComplete = true

  constructor(options: VerifyOptions) {
    this.#options = options
  }

  /**
   * Looks through one part, page by page. A page on which something is wrong is looked at a second time, and only what is
   * still wrong then counts: on a database of several servers one statement does not see one moment, and an entity may be
   * erased between two pages.
   */
  async walk<Key>(part: VerifyPart, readPage: ReadPage<Key>): Promise<void> {
    let after: Key | undefined
    let checked = 0
    for (;;) {
      if (this.#options.signal?.aborted === true) {
        this.#isComplete = false
        return
      }
      const first = await readPage(after)
      const page = first.findings.length === 0 ? first : confirmed(first, await readPage(after))
      checked += page.rows
      this.#note(part, page)
      this.#options.onProgress?.({ part, checked, findings: this.#findingCount })
      if (page.last === undefined) return
      after = page.last
    }
  }

  report(positions: bigint): VerifyReport {
    return {
      ...this.#counts,
      positions,
      isComplete: this.#isComplete,
      findings: this.#findings,
      findingCount: this.#findingCount,
    }
  }

  #note(part: VerifyPart, page: Page<unknown>): void {
    const counter = counterOf[part]
    if (counter !== undefined) this.#counts[counter] += page.rows
    this.#counts.blobsRead += page.read ?? 0
    this.#findingCount += page.findings.length
    const room = (this.#options.maxFindings ?? 1_000) - this.#findings.length
    this.#findings.push(...page.findings.slice(0, Math.max(room, 0)))
  }
}

/** The second look, with what both looks found. */
function confirmed<Key>(first: Page<Key>, second: Page<Key>): Page<Key> {
  const seen = new Set(first.findings.map(identityOf))
  return { ...second, findings: second.findings.filter((finding) => seen.has(identityOf(finding))) }
}

function identityOf(finding: VerifyFinding): string {
  return JSON.stringify(finding, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}
