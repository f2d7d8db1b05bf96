// Carries a run out on two hosts over one storage, then asks whether the first law held: what was seen live is what the
// events say, from the start and from every snapshot.
import { createHost } from '@perdure/actors'
import type { AskResult, Host, TryAskResult } from '@perdure/actors'
import {
  canonicalJson,
  compileModel,
  decodeSnapshot,
  encodeSnapshot,
  evolve,
  hashContent,
  unborn,
} from '@perdure/core'
import type {
  CommitResult,
  CommitUnit,
  EntityEvent,
  EntityKey,
  EntityState,
  JsonValue,
  Storage,
} from '@perdure/core'
import { expect } from 'vitest'
import { puppetStorage } from '../../packages/actors/test/helpers/puppet-storage.ts'
import type { PuppetStorage } from '../../packages/actors/test/helpers/puppet-storage.ts'
import { VirtualClock } from '../../packages/actors/test/helpers/virtual-clock.ts'
import { lawSpec } from './law-spec.ts'
import type { LawStep } from './law-steps.ts'
import { referenceFold } from './reference-fold.ts'

const model = compileModel(lawSpec)
const ids = ['e0', 'e1', 'e2']

/** Backoff passes at once; the deadline of a stop does not. */
class LawClock extends VirtualClock {
  override setTimeout(callback: () => void, delayMs: number): unknown {
    return delayMs < 1_000 ? setImmediate(callback) : super.setTimeout(callback, delayMs)
  }
}

/** Where each event of the run was put in the global order, by event id. */
type Positions = Map<string, bigint>

/** One run under way. */
interface Run {
  readonly tenant: string
  readonly clock: LawClock
  readonly storages: readonly [PuppetStorage, PuppetStorage]
  readonly hosts: [Host, Host]
  readonly start: (host: 0 | 1) => Promise<Host>
  /** Every state that somebody was shown as committed, with the event that led to it. */
  readonly seen: AskResult[]
  readonly isWrongRefused: boolean[]
}

/**
 * Carries out a run and checks it.
 * @param tenant - one that no other run on this storage has
 */
export async function checkFirstLaw(
  storage: Storage,
  tenant: string,
  steps: readonly LawStep[],
): Promise<void> {
  const positions: Positions = new Map()
  const before = await storage.stats()
  const run = await begin(storage, tenant, positions)
  try {
    await carryOut(run, storage, steps)
  } finally {
    await Promise.all(run.hosts.map((host) => host.stop()))
  }
  const after = await storage.stats()
  expect(run.isWrongRefused.every(Boolean)).toBe(true)

  const streams = await Promise.all(ids.map((id) => storage.readEvents({ tenant, type: 'Law', id })))
  for (const events of streams) if (events.length > 0) checkStream(run, events)
  checkTraces(run, streams.flat(), positions)
  expect(after.events - before.events).toBe(streams.flat().length)
  expect(after.lastPosition - before.lastPosition).toBe(BigInt(streams.flat().length))
  await checkAtRest(run, storage, streams)
}

async function begin(storage: Storage, tenant: string, positions: Positions): Promise<Run> {
  const clock = new LawClock()
  const recorded = { ...methodsOf(storage), commit: recordPositions(storage, positions) } as Storage
  const storages = [puppetStorage(recorded), puppetStorage(recorded)] as const
  const start = (host: 0 | 1): Promise<Host> =>
    createHost({ specs: [lawSpec], storage: storages[host], tenant, clock, keepStorageOpen: true })
  return {
    tenant,
    clock,
    storages,
    start,
    hosts: [await start(0), await start(1)],
    seen: [],
    isWrongRefused: [],
  }
}

function methodsOf(storage: Storage): Storage {
  return new Proxy(storage, {
    get: (target, name: keyof Storage) => {
      const member: unknown = target[name]
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
    ownKeys: () => [
      'capabilities',
      'commit',
      'load',
      'readEvents',
      'findByIdempotencyKey',
      'readHeads',
      'listEntities',
      'readBlob',
      'findMissingClaims',
      'restoreClaims',
      'saveSnapshot',
      'sweep',
      'stats',
      'close',
    ],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  })
}

function recordPositions(storage: Storage, positions: Positions) {
  return async (units: readonly CommitUnit[]): Promise<readonly CommitResult[]> => {
    const results = await storage.commit(units)
    for (const [index, result] of results.entries()) {
      if (result.kind !== 'committed') continue
      for (const [offset, { eventId }] of (units[index]?.events ?? []).entries()) {
        const position = result.firstPosition + BigInt(offset)
        expect(positions.get(eventId) ?? position).toBe(position)
        positions.set(eventId, position)
      }
    }
    return results
  }
}

async function carryOut(run: Run, storage: Storage, steps: readonly LawStep[]): Promise<void> {
  let underWay: Promise<void>[] = []
  const settle = async (): Promise<void> => {
    await Promise.all(underWay)
    underWay = []
  }
  for (const step of steps) {
    if (step.kind === 'ask' || step.kind === 'spawn' || step.kind === 'update' || step.kind === 'delete') {
      underWay.push(command(run, step))
      if (step.kind !== 'ask' || step.isAwaited) await settle()
      continue
    }
    if (step.kind === 'fault') {
      if (step.how === 'lost reply') run.storages[step.host].loseReply('commit')
      else run.storages[step.host].fail('commit', 'storage_unavailable', 2)
      continue
    }
    if (step.kind === 'passivate') {
      run.hosts[step.host].passivate('Law', step.id)
      continue
    }
    await settle()
    if (step.kind === 'wait') await run.clock.advance(step.ms)
    if (step.kind === 'sweep') await storage.sweep({ now: run.clock.now() })
    if (step.kind === 'restart') {
      await run.hosts[0].stop()
      run.hosts[0] = await run.start(0)
    }
  }
  await settle()
}

type CommandStep = Extract<LawStep, { readonly kind: 'ask' | 'spawn' | 'update' | 'delete' }>

async function command(run: Run, step: CommandStep): Promise<void> {
  const ref = run.hosts[step.host].entity('Law', step.id)
  if (step.kind === 'spawn') {
    await run.hosts[step.host].spawn('Law', { id: step.id, fields: step.fields }).catch(expectRefusal)
    return
  }
  const outcome = await outcomeOf(step, ref)
  if (outcome.ok) run.seen.push(outcome)
  else expectRefusal(outcome.error)
  if (step.kind === 'ask' && step.isWrong === true) run.isWrongRefused.push(!outcome.ok)
}

function outcomeOf(
  step: Exclude<CommandStep, { kind: 'spawn' }>,
  ref: ReturnType<Host['entity']>,
): Promise<TryAskResult> {
  const answered = (asked: Promise<AskResult>): Promise<TryAskResult> =>
    asked
      .then((result) => ({ ok: true as const, ...result }))
      .catch((error: Error) => ({ ok: false as const, error: error as never }))
  switch (step.kind) {
    case 'ask': {
      const { idempotencyKey } = step
      return ref.tryAsk(step.action, step.params, idempotencyKey === undefined ? {} : { idempotencyKey })
    }
    case 'update':
      return answered(ref.updateFields(step.fields))
    case 'delete':
      return answered(ref.delete())
  }
}

/** Refused, as a model refuses; not failed, as a bug or a storage fails. */
function expectRefusal(error: unknown): void {
  const { code } = error as { readonly code?: string }
  expect(
    [undefined, 'internal', 'unavailable', 'unit_refused', 'corrupt_stream'],
    String(error),
  ).not.toContain(code)
}

/** The law: for one entity, at every version, from every snapshot. */
function checkStream({ seen }: Run, events: readonly EntityEvent[]): void {
  const [{ id } = { id: '' }] = events
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
  const states: EntityState[] = [unborn]
  for (const event of events) states.push(evolve(model, states.at(-1) ?? unborn, [event]).state)
  const final = textOf(states.at(-1))

  expect(textOf(evolve(model, unborn, events).state)).toBe(final)
  expect(canonicalJson(referenceFold(lawSpec, events))).toBe(final)
  for (const [version, state] of states.entries()) {
    if (version === 0) continue
    const identity = { type: 'Law', specHash: model.specHash }
    const decoded = decodeSnapshot(identity, encodeSnapshot(identity, state))
    if (decoded.kind !== 'state') expect.unreachable(decoded.reason)
    else expect(textOf(evolve(model, decoded.state, events.slice(version)).state)).toBe(final)
  }
  for (const { event, state } of seen) {
    if (event.id !== id) continue
    expect(textOf(state)).toBe(textOf(states[event.sequence]))
    expect(canonicalJson(event as never)).toBe(canonicalJson(events[event.sequence - 1] as never))
  }
}

/** What was acknowledged is stored, once; what was refused is not there; positions have no gap. */
function checkTraces({ seen }: Run, events: readonly EntityEvent[], positions: Positions): void {
  const acknowledged = new Set(seen.map(({ event }) => event.eventId))
  const stored = events.filter(({ action }) => action !== 'Created').map(({ eventId }) => eventId)
  expect(new Set(stored)).toEqual(acknowledged)
  expect(stored).toHaveLength(acknowledged.size)
  const taken = [...positions.values()].sort((left, right) => (left < right ? -1 : 1))
  expect(taken).toHaveLength(events.length)
  expect(taken.map((position) => position - (taken[0] ?? 0n))).toEqual(taken.map((_, index) => BigInt(index)))
  for (const [index, event] of events.entries()) {
    const previous = events[index - 1]
    if (previous?.id !== event.id) continue
    expect(positions.get(event.eventId) ?? 0n).toBeGreaterThan(positions.get(previous.eventId) ?? 0n)
  }
}

/** What a host that starts afresh sees, and that looking changes nothing, the first time and the second. */
async function checkAtRest(
  run: Run,
  storage: Storage,
  streams: readonly (readonly EntityEvent[])[],
): Promise<void> {
  const stored = await storage.stats()
  for (let time = 0; time < 2; time++) {
    const host = await run.start(0)
    for (const events of streams) {
      const [first] = events
      if (first === undefined) continue
      const state = await host.entity('Law', first.id).state()
      expect(textOf(state)).toBe(textOf(evolve(model, unborn, events).state))
      await checkContents(run, host, storage, first, state)
    }
    await host.stop()
    expect(await storage.stats()).toEqual(stored)
  }
}

/** Every reference that has not expired leads to its content, and reading it gives the same as if it were inline. */
async function checkContents(
  run: Run,
  host: Host,
  storage: Storage,
  key: EntityKey,
  state: EntityState,
): Promise<void> {
  const ref = host.entity('Law', key.id)
  for (const [field, { hash, size, expiresAt }] of Object.entries(state.refs)) {
    if (expiresAt !== undefined && expiresAt <= run.clock.now()) {
      await expect(ref.readField(field)).rejects.toMatchObject({ reason: 'expired' })
      continue
    }
    const bytes = await storage.readBlob(key.tenant, hash)
    expect(bytes?.length).toBe(size)
    const value = await ref.readField(field)
    expect(hashContent(canonicalJson(value as JsonValue))).toBe(hash)
    if (typeof value === 'string') expect(await ref.readFieldString(field)).toBe(value)
  }
  const hydrated = await ref.state({ hydrate: true })
  const expired = Object.entries(state.refs).filter(
    ([, { expiresAt }]) => (expiresAt ?? Infinity) <= run.clock.now(),
  )
  expect(Object.keys(hydrated.refs).sort()).toEqual(expired.map(([field]) => field).sort())
}

/** A state as text that is equal exactly when the state is. */
function textOf(state: EntityState | undefined): string {
  return canonicalJson(JSON.parse(JSON.stringify({ ...state, toJSON: undefined })) as JsonValue)
}
