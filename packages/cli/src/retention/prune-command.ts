// `perdure storage sweep` and `perdure storage prune`: let go of what nothing needs any more, with a line that says how far.
import { systemClock } from '@perdure/core'
import type { PruneResult, RetentionProgress, Storage, SweepOptions, SweepResult } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import type { StorageOptions } from '../inspect/storage-options.ts'
import { withStorage } from '../inspect/with-storage.ts'
import { formatBytes } from '../terminal/format-bytes.ts'
import { StatusLine } from '../terminal/status-line.ts'
import { count } from '../terminal/words.ts'
import { CliError } from '../errors/cli-error.ts'

/** What goes, and how it is said. */
export interface PruneCommandOptions extends Pick<StorageOptions, 'storage' | 'schema'> {
  /** Nothing goes. */
  readonly dryRun?: boolean
  /** How long what nothing refers to is kept, milliseconds. */
  readonly grace: number
  readonly batch?: number
  /** References last made so long ago go, milliseconds. Of a prune. */
  readonly maxAge?: number
  /** What the blobs may take. Of a prune. */
  readonly maxBytes?: number
  readonly json?: boolean
}

/** Sweeps. @returns 0, or 1 when another sweep or prune was under way, 2 when it was interrupted */
export function runSweep(io: CliIo, options: PruneCommandOptions): Promise<ExitCode> {
  return carryOut(io, options, (storage, sweeping) => storage.sweep(sweeping))
}

/** Prunes. @returns the same, and 1 when the cap cannot be met */
export function runPrune(io: CliIo, options: PruneCommandOptions): Promise<ExitCode> {
  const { maxAge, maxBytes } = options
  if (maxAge === undefined && maxBytes === undefined) {
    throw new CliError('usage', 'nothing says what is to be pruned', {
      hint: "pass --max-age, --max-bytes or both; 'perdure storage sweep' lets go of what has expired",
    })
  }
  const limits = {
    ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
    ...(maxBytes === undefined ? {} : { maxStoredBytes: maxBytes }),
  }
  return carryOut(io, options, (storage, sweeping) => storage.prune({ ...sweeping, ...limits }))
}

type Result = SweepResult & Partial<PruneResult>

function carryOut(
  io: CliIo,
  options: PruneCommandOptions,
  work: (storage: Storage, sweeping: SweepOptions) => Promise<Result>,
): Promise<ExitCode> {
  const { dryRun = false, grace, batch, json } = options
  const clock = io.clock ?? systemClock
  const status = new StatusLine(io)
  const sweeping: SweepOptions = {
    now: clock.now(),
    graceMs: grace,
    dryRun,
    ...(batch === undefined ? {} : { batch }),
    signal: io.interrupted(),
    onProgress: (progress) => status.show(describeProgress(progress), clock.now()),
  }
  return withStorage(io, options, async (storage) => {
    const result = await work(storage, sweeping).finally(() => status.clear())
    if (json === true) io.stdout.write(`${JSON.stringify({ dryRun, ...result })}\n`)
    else print(io, result, dryRun, grace)
    return exitCodeOf(result)
  })
}

function describeProgress(progress: RetentionProgress): string {
  const refs = progress.expiredRefs + progress.agedRefs + progress.cappedRefs
  const { phase, orphanedBlobs, deletedBlobs, freedBytes } = progress
  return `${phase}: ${count(refs, 'reference')} let go, ${count(orphanedBlobs, 'blob')} marked, ${deletedBlobs} deleted, ${formatBytes(freedBytes)} freed`
}

function print(io: CliIo, result: Result, isDry: boolean, graceMs: number): void {
  if (result.outcome === 'skipped') {
    io.stderr.write('another sweep or prune of this storage is under way: nothing was done\n')
    return
  }
  const {
    expiredRefs,
    agedRefs,
    cappedRefs,
    orphanedBlobs,
    deletedBlobs,
    freedBytes,
    unmetBytes = 0,
  } = result
  const does = (done: string, planned: string): string => (isDry ? `would ${planned}` : done)
  const lines = [
    `${count(expiredRefs, 'reference')} ${does('expired', 'expire')}`,
    ...(agedRefs === undefined
      ? []
      : [`${count(agedRefs, 'reference')} ${does('went', 'go')} for their age`]),
    ...(cappedRefs === undefined
      ? []
      : [`${count(cappedRefs, 'reference')} ${does('went', 'go')} for the size`]),
    `${count(orphanedBlobs, 'blob')} ${does('marked', 'be marked')}, for nothing refers to them any more`,
    `${count(deletedBlobs, 'blob')} ${does('deleted', 'be deleted')}, ${formatBytes(freedBytes)} ${does('freed', 'be freed')}`,
  ]
  io.stdout.write(lines.map((line) => `${line}\n`).join(''))
  if (orphanedBlobs > deletedBlobs && graceMs > 0)
    io.stderr.write('what is marked is deleted by a later sweep, when its grace period is over (--grace)\n')
  if (unmetBytes > 0) {
    io.stderr.write(
      `the size is exceeded by ${formatBytes(unmetBytes)}: these are permanent references of entities that live, which never go\n`,
    )
  }
  if (result.outcome === 'aborted') io.stderr.write('interrupted: the rest was not done; run it again\n')
}

function exitCodeOf({ outcome, unmetBytes = 0 }: Result): ExitCode {
  if (outcome === 'aborted') return 2
  return outcome === 'skipped' || unmetBytes > 0 ? 1 : 0
}
