// `perdure storage check`: looks a storage through and says what is wrong with it, where, and what to do.
import { describeFinding, systemRandom } from '@perdure/core'
import type { VerifyFinding, VerifyOptions, VerifyProgress, VerifyReport } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import type { StorageOptions } from '../inspect/storage-options.ts'
import { withStorage } from '../inspect/with-storage.ts'
import { paintFor } from '../terminal/paint.ts'
import { printTable } from '../terminal/print-table.ts'
import { count } from '../terminal/words.ts'

/** What is looked at, and how it is shown. */
export interface CheckStorageOptions extends Pick<StorageOptions, 'storage' | 'schema'> {
  /** The share of blobs whose bytes are read, above 0 and at most 1. @defaultValue 1 */
  readonly sample?: number
  /** Where in the range of hashes the sample begins. @defaultValue anywhere */
  readonly sampleFrom?: number
  readonly limit: number
  readonly json?: boolean
}

/** Checks a storage. @returns 0 when it is sound, 1 when something is wrong, 2 when it was not looked through to the end */
export function runCheckStorage(io: CliIo, options: CheckStorageOptions): Promise<ExitCode> {
  const { sample = 1, sampleFrom = systemRandom.next(), limit } = options
  const progress = showProgress(io)
  const verifying: VerifyOptions = {
    sample,
    sampleFrom,
    maxFindings: limit,
    signal: io.interrupted(),
    onProgress: (at) => progress.show(at),
  }
  return withStorage(io, options, async (storage) => {
    const report = await storage.verify(verifying).finally(() => progress.end())
    if (options.json === true) io.stdout.write(`${jsonOf(report)}\n`)
    else print(io, report)
    if (report.findingCount > 0) return 1
    return report.isComplete ? 0 : 2
  })
}

/** One line that changes, for people; other readers get the counts at the end. */
function showProgress(io: CliIo): {
  readonly show: (progress: VerifyProgress) => void
  readonly end: () => void
} {
  const { stderr } = io
  let width = 0
  const write = (text: string): void => {
    stderr.write(`\r${text.padEnd(width)}`)
    width = text.length
  }
  return {
    show: ({ part, checked, findings }) => {
      if (stderr.isTTY) write(`${part}: ${checked} checked, ${count(findings, 'finding')}`)
    },
    end: () => {
      if (width > 0) stderr.write(`\r${' '.repeat(width)}\r`)
    },
  }
}

function print(io: CliIo, report: VerifyReport): void {
  const paint = paintFor(io.stdout, io.env)
  io.stdout.write(printTable(['What', 'Checked'], rowsOf(report), paint))
  for (const finding of report.findings) {
    const { what, advice } = describeFinding(finding)
    io.stdout.write(`\n${paint.red(`finding ${finding.kind}`)}: ${what}\n  ${paint.dim('=')} ${advice}\n`)
  }
  const { findingCount, findings, isComplete } = report
  const more = findingCount - findings.length
  if (more > 0) io.stdout.write(`\n… and ${count(more, 'more finding')}; --limit shows more\n`)
  if (!isComplete) io.stderr.write('interrupted: the rest was not looked at\n')
  else if (findingCount === 0) io.stdout.write('\nNothing is wrong.\n')
  else io.stdout.write(`\n${count(findingCount, 'finding')}.\n`)
}

function rowsOf(report: VerifyReport): readonly (readonly string[])[] {
  const { blobs, blobsRead } = report
  return [
    ['heads', String(report.heads)],
    ['events', String(report.events)],
    ['positions', String(report.positions)],
    ['snapshots', String(report.snapshots)],
    ['references', String(report.references)],
    ['blobs', blobsRead === blobs ? String(blobs) : `${blobs}, of which ${blobsRead} were read`],
  ]
}

function jsonOf(report: VerifyReport): string {
  const findings = report.findings.map((finding: VerifyFinding) => ({
    ...finding,
    ...describeFinding(finding),
  }))
  // A position may be larger than a number of JSON readers.
  return JSON.stringify({ ...report, findings }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}
