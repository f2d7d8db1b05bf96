// A run under way: two hosts over one storage that a run's steps befall, and what was seen of it.
import { createHost } from '@perdure/actors'
import type { AskResult, Host, TryAskResult } from '@perdure/actors'
import { canonicalJson, hashContent } from '@perdure/core'
import type { CommitUnit, EntityEvent, JsonValue, Storage } from '@perdure/core'
import { expect } from 'vitest'
import { puppetStorage } from '../../packages/actors/test/helpers/puppet-storage.ts'
import type { PuppetStorage } from '../../packages/actors/test/helpers/puppet-storage.ts'
import { VirtualClock } from '../../packages/actors/test/helpers/virtual-clock.ts'
import { lawSpec } from './law-spec.ts'
import type { LawStep } from './law-steps.ts'

/** Backoff passes at once; the deadline of a stop does not. */
class LawClock extends VirtualClock {
  override setTimeout(callback: () => void, delayMs: number): unknown {
    return delayMs < 1_000 ? setImmediate(callback) : super.setTimeout(callback, delayMs)
  }
}

/** One run. */
export interface LawRun {
  readonly tenant: string
  readonly storage: Storage
  readonly clock: VirtualClock
  /** Starts a host, as it is after a restart. */
  readonly start: (host: 0 | 1) => Promise<Host>
  /** What the hosts write to, for faults. */
  readonly puppets: readonly [PuppetStorage, PuppetStorage]
  readonly hosts: [Host, Host]
  /** Every state that somebody was shown as committed, with the event that led to it. */
  readonly seen: AskResult[]
  /** Where each event was put in the global order, by event id. */
  readonly positions: ReadonlyMap<string, bigint>
}

/** Begins a run. */
export async function beginRun(storage: Storage, tenant: string): Promise<LawRun> {
  const clock = new LawClock()
  const positions = new Map<string, bigint>()
  const recorded = recordPositions(storage, positions)
  const puppets = [puppetStorage(recorded), puppetStorage(recorded)] as const
  const start = (host: 0 | 1): Promise<Host> =>
    createHost({ specs: [lawSpec], storage: puppets[host], tenant, clock, keepStorageOpen: true })
  const hosts: [Host, Host] = [await start(0), await start(1)]
  return { tenant, storage, clock, start, puppets, hosts, seen: [], positions }
}

/** The storage, with what its commits answer written down. */
function recordPositions(storage: Storage, positions: Map<string, bigint>): Storage {
  const commit: Storage['commit'] = async (units: readonly CommitUnit[]) => {
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
  return new Proxy(storage, {
    get: (target, name: keyof Storage) => {
      const member: unknown = name === 'commit' ? commit : target[name]
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** Carries out the steps, those that are not to be waited for beside those that follow. */
export async function carryOut(run: LawRun, steps: readonly LawStep[]): Promise<void> {
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
      if (step.how === 'lost reply') run.puppets[step.host].loseReply('commit')
      else run.puppets[step.host].fail('commit', 'storage_unavailable', 2)
      continue
    }
    if (step.kind === 'passivate') {
      run.hosts[step.host].passivate('Law', step.id)
      continue
    }
    await settle()
    if (step.kind === 'wait') await run.clock.advance(step.ms)
    if (step.kind === 'sweep') await run.storage.sweep({ now: run.clock.now() })
    if (step.kind === 'restart') {
      await run.hosts[0].stop()
      run.hosts[0] = await run.start(0)
    }
  }
  await settle()
}

type CommandStep = Extract<LawStep, { readonly kind: 'ask' | 'spawn' | 'update' | 'delete' }>

async function command(run: LawRun, step: CommandStep): Promise<void> {
  const ref = run.hosts[step.host].entity('Law', step.id)
  if (step.kind === 'spawn') {
    await run.hosts[step.host].spawn('Law', { id: step.id, fields: step.fields }).catch(expectRefusal)
    return
  }
  const outcome = await outcomeOf(step, ref)
  if (outcome.ok) run.seen.push(outcome)
  else expectRefusal(outcome.error)
  if (step.kind !== 'ask') return
  if (step.isWrong === true) expect(outcome.ok).toBe(false)
  if (outcome.ok) expectParams(outcome.event, step.params)
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

/** The event holds the params that were asked with, or names the content of each that it does not hold. */
function expectParams(event: EntityEvent, asked: Readonly<Record<string, unknown>>): void {
  const hashes = (params: object): readonly (readonly [string, string])[] =>
    Object.entries(params).map(([name, value]) => [name, hashContent(canonicalJson(value as JsonValue))])
  const refs = Object.entries(event.paramRefs ?? {}).map(([name, { hash }]) => [name, hash] as const)
  expect(new Map([...hashes(event.params), ...refs])).toEqual(new Map(hashes(asked)))
}

/** Refused, as a model refuses; not failed, as a bug or a storage fails. */
function expectRefusal(error: unknown): void {
  const { code } = error as { readonly code?: string }
  expect(
    [undefined, 'internal', 'unavailable', 'unit_refused', 'corrupt_stream', 'entity_quarantined'],
    String(error),
  ).not.toContain(code)
}
