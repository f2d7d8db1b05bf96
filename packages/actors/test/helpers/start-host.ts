// A host on a memory storage under a test's control, stopped after the test.
import type { Ids, Limits, Logger, PerdureError, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import type { MemoryStorage } from '@perdure/core/memory'
import { onTestFinished } from 'vitest'
import { createHost } from '../../src/index.ts'
import type { EntityRef, Host, HostOptions } from '../../src/index.ts'
import { puppetStorage } from './puppet-storage.ts'
import type { PuppetStorage } from './puppet-storage.ts'
import { taskSpec } from './task-spec.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What a host logged. */
interface LogLine {
  readonly level: keyof Logger
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A running host and everything around it. */
export interface TestHost {
  readonly host: Host
  /** What the host writes to: the memory storage on strings. */
  readonly storage: PuppetStorage
  /** What is really stored. */
  readonly memory: MemoryStorage
  readonly clock: VirtualClock
  readonly log: readonly LogLine[]
  /** What `onError` was told. */
  readonly errors: readonly PerdureError[]
  /** A task, created. */
  readonly task: (id: string, fields?: Readonly<Record<string, unknown>>) => Promise<EntityRef>
  /** Another host on what this one stores, as after a restart or beside it. */
  readonly another: (options?: Partial<HostOptions>) => Promise<TestHost>
}

/** Starts a host; with nothing given, one of tasks. */
export async function startHost(
  options: Partial<HostOptions> & { readonly limits?: Partial<Limits> } = {},
  memory: MemoryStorage = openMemoryStorage(),
  clock: VirtualClock = new VirtualClock(),
): Promise<TestHost> {
  const storage = puppetStorage(memory)
  const log: LogLine[] = []
  const errors: PerdureError[] = []
  const write =
    (level: keyof Logger) =>
    (facts: LogLine['facts'], message: string): void => {
      log.push({ level, facts, message })
    }
  const host = await createHost({
    specs: [taskSpec],
    storage,
    clock,
    ids: countingIds(),
    random: { next: () => 0.5 },
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    keepStorageOpen: true,
    onError: (error) => errors.push(error),
    ...options,
  })
  onTestFinished(async () => {
    await host.stop({ deadlineMs: 0 }).catch(() => {})
  })
  return {
    host,
    storage,
    memory,
    clock,
    log,
    errors,
    task: (id, fields) => host.spawn('Task', { id, ...(fields === undefined ? {} : { fields }) }),
    another: (others = {}) => startHost({ ...options, ...others }, memory, clock),
  }
}

let hosts = 0

/** Ids that differ between hosts and are the same in every run. */
function countingIds(): Ids {
  const host = ++hosts
  let count = 0
  return { next: () => `${host}-${++count}` }
}

/** What an asker would notice, without waiting for it: whether a promise has settled. */
export function watch<Result>(promise: Promise<Result>): { readonly isSettled: boolean } {
  const seen = { isSettled: false }
  const note = (): void => {
    seen.isSettled = true
  }
  promise.then(note, note)
  return seen
}

/** Everything a command could leave behind: exact counts of the storage and the entity's version. */
export async function traces(storage: Storage, id: string): Promise<unknown> {
  const [head] = await storage.readHeads([{ tenant: 'default', type: 'Task', id }])
  return {
    stats: await storage.stats(),
    head,
    events: await storage.readEvents({ tenant: 'default', type: 'Task', id }),
  }
}
