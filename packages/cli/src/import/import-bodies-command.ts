// `perdure import-bodies`: takes the bodies of a table over into content-addressed blobs.
import type { ImportCounts } from '@perdure/storage-pg'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import type { StorageOptions } from '../inspect/storage-options.ts'
import { findUrl } from '../inspect/with-storage.ts'
import { formatBytes } from '../terminal/format-bytes.ts'
import { count } from '../terminal/words.ts'

/** From which table, to whom. */
export interface ImportBodiesOptions extends Pick<StorageOptions, 'storage' | 'schema' | 'tenant'> {
  readonly table: string
  readonly idColumn: string
  readonly bodyColumn: string
  readonly expiresColumn?: string
  readonly batch: number
  readonly fromStart?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Imports. @returns 0 at the end of the table, 2 when it was interrupted before */
export async function runImportBodies(io: CliIo, options: ImportBodiesOptions): Promise<ExitCode> {
  const { storage, json, ...names } = options
  const url = await findUrl(io, storage)
  const { importBodies } = await import('@perdure/storage-pg')
  let width = 0
  const showProgress = (counts: ImportCounts): void => {
    if (!io.stderr.isTTY) return
    const text = describe(counts)
    io.stderr.write(`\r${text.padEnd(width)}`)
    width = text.length
  }
  const importing = importBodies(url, {
    ...names,
    signal: io.interrupted(),
    onProgress: showProgress,
    ...(io.clock === undefined ? {} : { clock: io.clock }),
  })
  const result = await importing.finally(() => {
    if (width > 0) io.stderr.write(`\r${' '.repeat(width)}\r`)
  })
  if (json === true) io.stdout.write(`${JSON.stringify(result)}\n`)
  else io.stdout.write(`${options.dryRun === true ? 'would import' : 'imported'} ${describe(result)}\n`)
  if (!result.isComplete) io.stderr.write('interrupted: the next run goes on from here\n')
  return result.isComplete ? 0 : 2
}

function describe({ imported, bytes, empty, expired }: ImportCounts): string {
  return `${count(imported, 'record')} of ${formatBytes(bytes)}; ${empty} without a body, ${expired} whose time is over`
}
