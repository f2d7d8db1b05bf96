// `perdure events` and `perdure history`: what happened to one entity, for programs and for people.
import type { EntityEvent } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { formatTime } from '../terminal/format-time.ts'
import { paintFor } from '../terminal/paint.ts'
import { printTable } from '../terminal/print-table.ts'
import { describeParams, describeStep } from './describe-event.ts'
import { entityNotFound } from './entity-not-found.ts'
import { findSpecs } from './known-specs.ts'
import { maskEvent, sensitiveNames } from './mask-event.ts'
import { readingOf } from './reading.ts'
import type { EventNames } from './reading.ts'
import { readEventPages } from './read-events.ts'
import type { EventRange } from './read-events.ts'
import type { StorageOptions } from './storage-options.ts'
import { withStorage } from './with-storage.ts'

/** Which events, from where, and under which names. */
export type HistoryOptions = StorageOptions & EventRange & { readonly names: EventNames }

/** Prints whole events, one JSON object a line. */
export function runEvents(io: CliIo, type: string, id: string, options: HistoryOptions): Promise<ExitCode> {
  return printPages(io, type, id, options, (events) =>
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  )
}

/** Prints a table: sequence, time, action, change of status, params shortened. */
export function runHistory(io: CliIo, type: string, id: string, options: HistoryOptions): Promise<ExitCode> {
  const paint = paintFor(io.stdout, io.env)
  return printPages(io, type, id, options, (events) => {
    const rows = events.map((event) => [
      String(event.sequence),
      formatTime(event.at),
      event.action,
      describeStep(event),
      describeParams(event, io.stdout.isTTY ? Math.max(24, (io.stdout.columns ?? 120) - 64) : 160),
    ])
    return printTable(['#', 'Time', 'Action', 'Status', 'Params'], rows, paint)
  })
}

function printPages(
  io: CliIo,
  type: string,
  id: string,
  options: HistoryOptions,
  print: (events: readonly EntityEvent[]) => string,
): Promise<ExitCode> {
  return withStorage(io, options, async (storage) => {
    const entity = { tenant: options.tenant, type, id }
    const pages = await readEventPages(storage, entity, options)
    if (pages === undefined) throw entityNotFound(entity)
    const spec = (await findSpecs(io, options)).find(({ name }) => name === type)
    const hidden =
      spec === undefined || options.showSensitive === true ? new Set<string>() : sensitiveNames(spec)
    const read = readingOf(spec === undefined ? [] : [spec], options.names)
    for await (const events of pages) {
      io.stdout.write(print(events.map((event) => maskEvent(read(event), hidden))))
      await io.stdout.ready()
    }
    return 0
  })
}
