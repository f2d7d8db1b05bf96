// `perdure tail`: events as they commit. Looks at the heads of the entities and reads what came after the last look; it
// works on every storage, and costs one page of heads for every 500 entities a look.
import { formatEntityKey } from '@perdure/core'
import type { EntityEvent, EntityHead, EntityKey, Storage } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { formatTime } from '../terminal/format-time.ts'
import { paintFor } from '../terminal/paint.ts'
import type { Painter } from '../terminal/paint.ts'
import { sleep } from '../terminal/sleep.ts'
import { describeParams, describeStep } from './describe-event.ts'
import { listPages } from './entities-command.ts'
import { findSpecs } from './known-specs.ts'
import { maskEvent, sensitiveNames } from './mask-event.ts'
import type { StorageOptions } from './storage-options.ts'
import { withStorage } from './with-storage.ts'
import { CliError } from '../errors/cli-error.ts'

/** How to follow. */
export interface TailOptions extends StorageOptions {
  /** Milliseconds between looks. */
  readonly interval: number
  readonly json?: boolean
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
    const read = () => readHeads(storage, types, id, options)
    const seen = new Map((await read()).map((head) => [keyOf(head), head.version]))
    io.stderr.write(`following ${types.join(', ')}; Ctrl-C ends\n`)
    while (!signal.aborted) {
      await sleep(io, options.interval, signal)
      const events = await readNewEvents(storage, await read(), seen)
      const shown = events.map((event) => print(maskEvent(event, hidden.get(event.type) ?? new Set())))
      io.stdout.write(shown.map((line) => `${line}\n`).join(''))
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

async function readHeads(
  storage: Storage,
  types: readonly string[],
  id: string | undefined,
  options: TailOptions,
): Promise<readonly EntityHead[]> {
  if (id !== undefined) {
    const found = await storage.readHeads(types.map((type) => ({ tenant: options.tenant, type, id })))
    return found.filter((head) => head !== undefined)
  }
  const heads: EntityHead[] = []
  for (const type of types) {
    for await (const page of listPages(storage, type, { tenant: options.tenant, deleted: true }))
      heads.push(...page)
  }
  return heads
}

/** The events after those that were seen, in order of time; each entity's in its own order. Updates what was seen. */
async function readNewEvents(
  storage: Storage,
  heads: readonly EntityHead[],
  seen: Map<string, number>,
): Promise<readonly EntityEvent[]> {
  const events: EntityEvent[] = []
  for (const head of heads) {
    const last = seen.get(keyOf(head)) ?? 0
    if (head.version <= last) continue
    events.push(...(await storage.readEvents(head, { fromSequence: last + 1, toSequence: head.version })))
    seen.set(keyOf(head), head.version)
  }
  return events.toSorted((a, b) => a.at - b.at)
}

function keyOf({ type, id }: EntityKey): string {
  return `${type}\0${id}`
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
