// A storage that does what a plan says instead of what it should. Stands between a host and a sound storage; knows
// neither entities nor hosts.
import { StorageError } from '@perdure/core'
import type { Clock, CommitResult, CommitUnit, Storage } from '@perdure/core'
import type { Fault, StorageCall, StorageMethod } from './fault.ts'
import type { FaultPlan } from './fault-plan.ts'
import { staleReads } from './stale-reads.ts'

/** What a faulty storage needs of its surroundings. */
export interface FaultyStorageOptions {
  /** Time on the way to the storage, and of `latency`. Without one a call is late by nothing. */
  readonly clock?: Pick<Clock, 'setTimeout'>
  /** Time on the way back: the host's own, which may stand still. @defaultValue `clock` */
  readonly hostClock?: Pick<Clock, 'setTimeout'>
  /** Told that the host which uses this storage has died. Nothing that it asked for is answered any more. */
  readonly onCrash?: (call: StorageCall) => void
  /** Takes the last acknowledged commits back, for `lostUnsynced`; see `unsyncedStorage`. */
  readonly losePower?: (commits: number) => Promise<void>
  /** Corrects the host's time of day, for `clockJump`. */
  readonly jumpClock?: (ms: number) => void
  /** How long the calls of a plan without latency take: on the way there, and on the way back. Milliseconds. */
  readonly delaysMs?: (call: StorageCall) => readonly [there: number, back: number]
  /** Told what became of each call, for traces. */
  readonly onCall?: (call: StorageCall, fault: Fault | undefined) => void
}

/** A storage that goes wrong as planned. */
export interface FaultyStorage extends Storage {
  /** The host died; nothing is carried out or answered any more. */
  readonly isDead: boolean
  /** Kills the host between two calls. What is on its way gets lost, or still arrives and is carried out. */
  die(onTheirWay?: 'lost' | 'arriving'): void
}

/** Puts a storage under a plan. The inner storage stays open until `close` is called on this one. */
export function faultyStorage(
  inner: Storage,
  plan: FaultPlan,
  options: FaultyStorageOptions = {},
): FaultyStorage {
  const calls = new FaultyCalls(inner, plan, options)
  return new Proxy(inner, {
    get(target, name: string) {
      if (name === 'isDead') return calls.isDead
      if (name === 'die') return (onTheirWay?: 'lost' | 'arriving') => calls.die(onTheirWay)
      const member: unknown = target[name as keyof Storage]
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]) => calls.call(name as StorageMethod, args)
    },
  }) as FaultyStorage
}

/** How long a call waits to be overtaken. */
const overtakenWithinMs = 1_000

type Method = (...args: unknown[]) => Promise<unknown>

class FaultyCalls {
  readonly #inner: Storage
  readonly #plan: FaultPlan
  readonly #options: FaultyStorageOptions
  #isDead = false
  #isLost = false
  /** Calls that wait to be overtaken. */
  readonly #held = new Set<() => void>()

  constructor(inner: Storage, plan: FaultPlan, options: FaultyStorageOptions) {
    this.#inner = inner
    this.#plan = plan
    this.#options = options
  }

  get isDead(): boolean {
    return this.#isDead
  }

  die(onTheirWay: 'lost' | 'arriving' = 'lost'): void {
    this.#isDead = true
    this.#isLost = onTheirWay === 'lost'
  }

  async call(method: StorageMethod, args: readonly unknown[]): Promise<unknown> {
    if (this.#isDead) return never()
    const { call, fault } = this.#plan.next(method)
    this.#options.onCall?.(call, fault)
    const [there, back] = this.#options.delaysMs?.(call) ?? [0, 0]
    const { clock, hostClock = clock } = this.#options
    await wait(there, clock)
    if (this.#isLost) return never()
    try {
      return await this.#carryOut(call, args, fault)
    } finally {
      if (fault?.kind !== 'reorder') for (const goOn of this.#held) goOn()
      await wait(back, hostClock)
      if (this.#isDead) await never()
    }
  }

  async #carryOut(call: StorageCall, args: readonly unknown[], fault: Fault | undefined): Promise<unknown> {
    const { method } = call
    const real = (): Promise<unknown> => (this.#inner[method] as Method).call(this.#inner, ...args)
    switch (fault?.kind) {
      case undefined:
        return real()
      case 'failBefore':
        throw planned(fault.code ?? 'storage_unavailable', call)
      case 'failAfter':
        await real()
        throw planned('outcome_unknown', call)
      case 'hang':
        if (fault.isCarriedOut) await real()
        return never()
      case 'latency':
        await wait(fault.ms, this.#options.clock)
        return this.#isLost ? never() : real()
      case 'reorder':
        await this.#beOvertaken()
        return this.#isLost ? never() : real()
      case 'clockJump':
        this.#jumpClock(fault.ms)
        return real()
      case 'duplicate':
        await real()
        return real()
      case 'missingResults':
        return ((await real()) as readonly CommitResult[]).slice(0, -1)
      case 'wrongResult':
        return withWrongResult((await real()) as readonly CommitResult[], args[0] as readonly CommitUnit[])
      case 'staleRead':
        return (staleReads(this.#inner, fault.behind)[method as 'load'] as unknown as Method)(...args)
      case 'corruptBlob':
        throw planned('corrupt_blob', call)
      case 'missingBlob':
        return undefined
      case 'truncatedBlob':
        return ((await real()) as Uint8Array | undefined)?.slice(0, -1)
      case 'lostUnsynced':
        await this.#losePower(call, fault.commits)
        return never()
      case 'crashBefore':
        return this.#crash(call)
      case 'crashDuring':
        await this.#carryOutHalf(call, args, real)
        return this.#crash(call)
      case 'crashAfter':
        await real()
        return this.#crash(call)
    }
  }

  /** A commit is one transaction, and still its units are promised to be atomic one by one only. */
  async #carryOutHalf(
    { method }: StorageCall,
    args: readonly unknown[],
    real: () => Promise<unknown>,
  ): Promise<void> {
    if (method !== 'commit') await real()
    else {
      const units = args[0] as readonly CommitUnit[]
      await this.#inner.commit(units.slice(0, Math.ceil(units.length / 2)))
    }
  }

  /** Waits until another call has been carried out, though not for ever: there may be no other. */
  async #beOvertaken(): Promise<void> {
    const { clock } = this.#options
    const overtaken = new Promise<void>((resolve) => {
      const goOn = (): void => {
        this.#held.delete(goOn)
        resolve()
      }
      this.#held.add(goOn)
    })
    await Promise.race([overtaken, wait(overtakenWithinMs, clock)])
  }

  #jumpClock(ms: number): void {
    const { jumpClock } = this.#options
    if (jumpClock === undefined) throw new TypeError('clockJump needs options.jumpClock')
    jumpClock(ms)
  }

  async #losePower(call: StorageCall, commits: number): Promise<void> {
    const { losePower } = this.#options
    if (losePower === undefined)
      throw new TypeError('lostUnsynced needs options.losePower; see unsyncedStorage')
    await losePower(commits)
    await this.#crash(call)
  }

  #crash(call: StorageCall): Promise<never> {
    this.die()
    this.#options.onCrash?.(call)
    return never()
  }
}

function wait(ms: number, clock: Pick<Clock, 'setTimeout'> | undefined): Promise<void> {
  if (ms <= 0 || clock === undefined) return Promise.resolve()
  return new Promise((resolve) => {
    clock.setTimeout(resolve, ms)
  })
}

/** The dead answer nobody. */
function never(): Promise<never> {
  return new Promise(() => {})
}

function planned(code: StorageError['code'], { index, method }: StorageCall): StorageError {
  return new StorageError(code, `storage call ${index}, ${method}, was planned to fail`, {
    details: { index, method },
  })
}

function withWrongResult(
  [, ...others]: readonly CommitResult[],
  [unit]: readonly CommitUnit[],
): readonly CommitResult[] {
  return [{ kind: 'conflict', actualVersion: (unit?.expectedVersion ?? 0) + 1 }, ...others]
}
