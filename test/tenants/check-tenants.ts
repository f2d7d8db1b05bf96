// Two tenants with the same ids, keys and contents on one host, and the same two each alone: whatever they do, in whatever order
// they come, each sees just what it sees when there is no other. Used by the property on memory and on databases.
import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'
import type { EntityEvent, Storage } from '@perdure/core'
import { isPerdureError } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { parseSpec } from '@perdure/spec-parser'
import * as fc from 'fast-check'
import { expect } from 'vitest'

const { spec } = parseSpec(`
[automaton]
name = "Note"
states = ["Open", "Shut"]
initial = "Open"
snapshot_every = 2

[[state]]
name = "text"
overflow_inline_max_bytes = 16

[[state]]
name = "edits"
type = "counter"

[[action]]
name = "Edit"
from = ["Open"]
params = ["text"]
effect = "edits += 1"

[[action]]
name = "Shut"
from = ["Open"]
to = "Shut"
guard = "len(text) > 3"
`)

/** What a tenant does. */
type Deed =
  | {
      readonly kind: 'spawn' | 'edit'
      readonly id: string
      readonly text: string
      readonly key: string | undefined
    }
  | {
      readonly kind: 'shut' | 'state' | 'hydrate' | 'field' | 'history' | 'delete' | 'erase' | 'go'
      readonly id: string
    }
  | { readonly kind: 'list' }
  | { readonly kind: 'sweep' }

/** Whose turn it is, and what he does. */
export interface TenantStep {
  readonly tenant: 0 | 1
  readonly deed: Deed
  /** Whether the next one waits until it is done. */
  readonly isAwaited: boolean
}

// Few of each, so that the two meet in every one: the same id, the same key, the same content.
const id = fc.constantFrom('x', 'y')
const text = fc.constantFrom('', 'short', 'l'.repeat(40), 'm'.repeat(40))
const key = fc.constantFrom(undefined, 'k-1', 'k-2')
const of = <Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind), id })

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('spawn' as const), id, text, key }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('edit' as const), id, text, key }) },
  { weight: 2, arbitrary: fc.oneof(of('shut'), of('state'), of('hydrate'), of('field'), of('history')) },
  { weight: 1, arbitrary: fc.oneof(of('delete'), of('erase'), of('go')) },
  { weight: 1, arbitrary: fc.constantFrom<Deed>({ kind: 'list' }, { kind: 'sweep' }) },
)

/** What two tenants do, in the order in which they come. */
export const tenantSteps: fc.Arbitrary<readonly TenantStep[]> = fc.array(
  fc.record({ tenant: fc.constantFrom(0 as const, 1 as const), deed, isAwaited: fc.boolean() }),
  { maxLength: 40, size: 'max' },
)

/** @param tenants - two names that nobody has used on this storage */
export async function checkTenants(
  storage: Storage,
  tenants: readonly [string, string],
  steps: readonly TenantStep[],
): Promise<void> {
  const together = await run(storage, tenants, steps)
  for (const index of [0, 1] as const) {
    const own = steps.filter(({ tenant }) => tenant === index)
    const memory = openMemoryStorage()
    const alone = await run(memory, tenants, own)
    expect(together[index]).toEqual(alone[index])
    await memory.close()
  }
}

/** Everything that each of the two saw. */
async function run(
  storage: Storage,
  tenants: readonly [string, string],
  steps: readonly TenantStep[],
): Promise<readonly [unknown[], unknown[]]> {
  if (spec === undefined) throw new Error('the spec has errors')
  const options: HostOptions = {
    specs: [spec],
    storage,
    keepStorageOpen: true,
    retention: false,
    clock: standingClock,
    maxResidents: 3,
    tenantLimits: { maxCommandsInFlight: 2, maxConcurrentLoads: 1, maxResidents: 1 },
  }
  const host = await createHost(options)
  const seen: [unknown[], unknown[]] = [[], []]
  const heard: [Record<string, unknown[]>, Record<string, unknown[]>] = [{}, {}]
  const lanes: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()]
  for (const index of [0, 1] as const) {
    for (const name of ['x', 'y']) {
      const states: unknown[] = []
      heard[index][name] = states
      host.entity('Note', name, { tenant: tenants[index] }).subscribe((state) => states.push(plain(state)))
    }
  }
  for (const { tenant, deed: what, isAwaited } of steps) {
    lanes[tenant] = lanes[tenant].then(async () => {
      seen[tenant].push([what.kind, await outcomeOf(host, tenants[tenant], what)])
    })
    if (isAwaited) await lanes[tenant]
  }
  await Promise.all(lanes)
  for (const index of [0, 1] as const) {
    const { entries } = await storage.readLog({ after: 0n, tenant: tenants[index], limit: 10_000 })
    seen[index].push(['log', entries.map(({ event }) => told(event))], ['heard', heard[index]])
  }
  await host.stop()
  return seen
}

async function outcomeOf(host: Host, tenant: string, what: Deed): Promise<unknown> {
  try {
    return await carryOut(host, tenant, what)
  } catch (error) {
    if (isPerdureError(error)) return error.code
    throw error
  }
}

async function carryOut(host: Host, tenant: string, what: Deed): Promise<unknown> {
  if (what.kind === 'sweep') return void (await host.sweep({ graceMs: 0 }))
  if (what.kind === 'list') {
    const heads = []
    for await (const { id: name, status, version } of host.entities('Note', { tenant, includeDeleted: true }))
      heads.push([name, status, version])
    return heads
  }
  const note = host.entity('Note', what.id, { tenant })
  switch (what.kind) {
    case 'spawn': {
      const options = { id: what.id, tenant, fields: { text: what.text } }
      await host.spawn('Note', what.key === undefined ? options : { ...options, idempotencyKey: what.key })
      return 'ok'
    }
    case 'edit': {
      const options = what.key === undefined ? {} : { idempotencyKey: what.key }
      const { event, state } = await note.ask('Edit', { text: what.text }, options)
      return [told(event), plain(state)]
    }
    case 'shut':
      return told((await note.ask('Shut')).event)
    case 'state':
    case 'hydrate':
      return plain(await note.state({ hydrate: what.kind === 'hydrate' }))
    case 'field':
      return note.readField('text')
    case 'history': {
      const events = []
      for await (const event of note.history()) events.push(told(event))
      return events
    }
    case 'delete':
      return told((await note.delete()).event)
    case 'erase':
      // How many contents and snapshots there still were depends on sweeps, and on what was written behind by then.
      return (await note.erase()).events
    case 'go':
      // Whether it was in memory is nothing that a tenant sees.
      host.passivate('Note', what.id, { tenant })
      return undefined
  }
}

/** An event without what differs from run to run. */
function told({ eventId: _eventId, ...event }: EntityEvent): unknown {
  return plain(event)
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

const standingClock = {
  now: () => 1_780_000_000_000,
  setTimeout: (work: () => void, ms: number): unknown => setTimeout(work, ms).unref(),
  clearTimeout: (handle: unknown): void => clearTimeout(handle as NodeJS.Timeout),
}
