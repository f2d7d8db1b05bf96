// `perdure tail`: events as they commit, in the order of the log.
import { formatEntityKey, subscribe, systemClock } from '@perdure/core'
import type { EntityEvent } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { formatTime } from '../terminal/format-time.ts'
import { paintFor } from '../terminal/paint.ts'
import type { Painter } from '../terminal/paint.ts'
import { describeParams, describeStep } from './describe-event.ts'
import { findSpecs } from './known-specs.ts'
import { maskEvent, sensitiveNames } from './mask-event.ts'
import { readingOf } from './reading.ts'
import type { EventNames } from './reading.ts'
import type { StorageOptions } from './storage-options.ts'
import { withStorage } from './with-storage.ts'
import { CliError } from '../errors/cli-error.ts'

/** How to follow. */
export interface TailOptions extends StorageOptions {
  /** Milliseconds between looks, should no news come. */
  readonly interval: number
  readonly json?: boolean
  readonly names: EventNames
}

/** Follows one entity, all of a type, or all of the types that the specs declare, until Ctrl-C. @returns 0 then */
export async function runTail(
  io: CliIo,
  type: string | undefined,
  id: string | undefined,
  options: TailOptions,
): Promise<ExitCode> {
  const signal = io.interrupted()
  const specs = await findSpecs(io, options)
  const types = type === undefined ? specs.map(({ name }) => name) : [type]
  if (types.length === 0) throw nothingToFollow()
  const hidden = new Map(
    options.showSensitive === true ? [] : specs.map((spec) => [spec.name, sensitiveNames(spec)]),
  )
  const paint = paintFor(io.stdout, io.env)
  const print = options.json === true ? (event: EntityEvent) => JSON.stringify(event) : printLine(paint)
  return withStorage(io, options, async (storage) => {
    const { head } = await storage.readLog({ after: 0n, limit: 0 })
    io.stderr.write(`following ${types.join(', ')}; Ctrl-C ends\n`)
    const following = subscribe(storage, {
      after: head,
      types,
      tenant: options.tenant,
      pollIntervalMs: options.interval,
      signal,
      readAs: readingOf(specs, options.names),
      clock: io.clock ?? systemClock,
    })
    for await (const { event } of following) {
      if (id !== undefined && event.id !== id) continue
      io.stdout.write(`${print(maskEvent(event, hidden.get(event.type) ?? new Set()))}\n`)
      await io.stdout.ready()
    }
    return 0
  })
}

function nothingToFollow(): CliError {
  return new CliError('usage', 'nothing says which entities to follow', {
    hint: 'name a type, or --specs whose types are followed',
  })
}

function printLine(paint: Painter): (event: EntityEvent) => string {
  return (event) =>
    [
      paint.dim(formatTime(event.at)),
      `${paint.bold(formatEntityKey(event))}#${event.sequence}`,
      paint.green(event.action),
      describeStep(event),
      paint.dim(describeParams(event, 80)),
    ]
      .join('  ')
      .trimEnd()
}
