// `perdure storage stats`: what a storage holds.
import { compressionRatio, deduplicationRatio } from '@perdure/core'
import type { StorageStats } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import type { StorageOptions } from '../inspect/storage-options.ts'
import { withStorage } from '../inspect/with-storage.ts'
import { formatBytes } from '../terminal/format-bytes.ts'
import { paintFor } from '../terminal/paint.ts'
import { printTable } from '../terminal/print-table.ts'

/** Whose contents are counted, and how they are shown. */
export interface StatsOptions extends Pick<StorageOptions, 'storage' | 'schema'> {
  readonly json?: boolean
}

/** Counts what a storage holds, as a table or a JSON object. */
export function runStats(io: CliIo, options: StatsOptions): Promise<ExitCode> {
  return withStorage(io, options, async (storage) => {
    const stats = await storage.stats()
    if (options.json === true) {
      // A position may be larger than a number of JSON readers.
      const printed = { ...stats, lastPosition: String(stats.lastPosition), ...ratiosOf(stats) }
      io.stdout.write(`${JSON.stringify(printed)}\n`)
    } else {
      io.stdout.write(
        printTable(['What', 'How much', 'Which are'], rowsOf(stats), paintFor(io.stdout, io.env)),
      )
    }
    return 0
  })
}

function ratiosOf(stats: StorageStats): {
  readonly deduplicationRatio: number
  readonly compressionRatio: number
} {
  return { deduplicationRatio: deduplicationRatio(stats), compressionRatio: compressionRatio(stats) }
}

function rowsOf(stats: StorageStats): readonly (readonly string[])[] {
  return [
    ['entities', String(stats.entities), 'deleted ones too'],
    ['events', String(stats.events), `of all entities; the newest position is ${stats.lastPosition}`],
    ['snapshots', String(stats.snapshots), 'at most one an entity'],
    ['blobs', String(stats.blobs), 'large values, each stored once a tenant'],
    [
      'orphaned blobs',
      String(stats.orphanedBlobs),
      'of these, marked by a sweep because nothing refers to them',
    ],
    ['references', String(stats.refs), 'fields that hold a blob'],
    ['referenced', formatBytes(stats.referencedBytes), 'of values, counted once a reference'],
    [
      'deduplicated',
      formatBytes(stats.referencedBlobBytes),
      `of the same, counted once a blob: ${ratio(deduplicationRatio(stats))}`,
    ],
    ['in blobs', formatBytes(stats.blobBytes), 'of values, those that nothing refers to included'],
    [
      'stored',
      formatBytes(stats.storedBytes),
      `that the blobs take, compressed: ${ratio(compressionRatio(stats))}`,
    ],
  ]
}

function ratio(value: number): string {
  return `${Number(value.toPrecision(3))} to 1`
}
