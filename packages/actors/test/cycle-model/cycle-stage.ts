// Carries out one run against a host on a memory storage that goes wrong as planned, and writes down what could be seen.
import { StorageError } from '@perdure/core'
import type { CommitResult, CommitUnit, EntityEvent, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import type { MemoryStorage } from '@perdure/core/memory'
import { createHost } from '../../src/index.ts'
import type { Host, TryAskResult } from '../../src/index.ts'
import { taskSpec } from '../helpers/task-spec.ts'
import { VirtualClock, turn } from '../helpers/virtual-clock.ts'
import type { CommitFault, CycleStep } from './cycle-run.ts'

/** One command that was asked. */
export interface Asked {
  readonly tag: string
  readonly entity: string
  readonly life: number
  readonly isImpatient: boolean
  outcome?: TryAskResult
}

/** One flush: what waited when it was called, and how that stood when it was over. */
interface Flushed {
  readonly life: number
  readonly waiting: readonly Asked[]
  isOver: boolean
  leftOver: number
}

/** What could be seen of a run. */
export interface CycleRecord {
  readonly asked: readonly Asked[]
  readonly flushes: readonly Flushed[]
  /** The host that lived at the end. */
  readonly lastLife: number
  /** Lives that ended by a crash. */
  readonly dead: ReadonlySet<number>
  /** Lives that gave up, with what `onError` was told. */
  readonly failed: ReadonlyMap<number, number>
  readonly events: ReadonlyMap<string, readonly EntityEvent[]>
  readonly lastPosition: bigint
  readonly storedEvents: number
  /** First positions of what was stored, in the order in which it was. */
  readonly positions: readonly bigint[]
  readonly most: {
    readonly commits: number
    readonly batchEvents: number
    readonly entries: number
    readonly excessBytes: number
  }
  /** Whether each entity took another command at the end. */
  readonly recovered: readonly boolean[]
  readonly timersLeft: number
}

/** Bounds that are small enough to be met. */
export const bounds = {
  maxBatchEvents: 4,
  maxBatchBytes: 1_500,
  maxCommandsInFlight: 6,
  maxBytesInFlight: 2_500,
}

const retry = { baseMs: 10, capMs: 50, budgetMs: 500, answerMs: 5_000 }
const entities = ['a', 'b', 'c']

/** @returns what was seen */
export async function play(steps: readonly CycleStep[]): Promise<CycleRecord> {
  const stage = new CycleStage()
  await stage.begin()
  for (const step of steps) await stage.take(step)
  return stage.end()
}

class CycleStage {
  readonly #clock = new VirtualClock()
  readonly #memory: MemoryStorage = openMemoryStorage()
  readonly #asked: Asked[] = []
  readonly #flushes: Flushed[] = []
  readonly #dead = new Set<number>()
  readonly #failed = new Map<number, number>()
  readonly #positions: bigint[] = []
  readonly #seen = new Set<string>()
  readonly #most = { commits: 0, batchEvents: 0, entries: 0, excessBytes: 0 }
  #faults: CommitFault[] = []
  #commitsNow = 0
  #life = 0
  #ids = 0
  #theirs = 0
  #host!: Host

  async begin(): Promise<void> {
    await this.#start()
    for (const id of entities) await this.#host.spawn('Task', { id })
  }

  async take(step: CycleStep): Promise<void> {
    if (this.#dead.has(this.#life) || this.#failed.has(this.#life)) await this.#start()
    switch (step.kind) {
      case 'ask':
        this.#ask(step)
        break
      case 'fault':
        this.#faults.push(step.fault)
        break
      case 'flush':
        this.#flush()
        break
      case 'turns':
        for (let count = 0; count < step.count; count++) await turn()
        break
      case 'advance':
        await this.#clock.advance(step.ms)
    }
    this.#look()
  }

  async end(): Promise<CycleRecord> {
    this.#faults = []
    await this.#clock.advance(10_000)
    const lastLife = this.#life
    if (this.#dead.has(this.#life) || this.#failed.has(this.#life)) await this.#start()
    for (const {
      entity: { id },
    } of this.#quarantined())
      this.#host.release('Task', id)
    const recovered = entities.map(
      async (id) => (await this.#host.entity('Task', id).tryAsk('Add', { amount: 0 })).ok,
    )
    await this.#clock.advance(1_000)
    const events = new Map<string, readonly EntityEvent[]>()
    for (const id of entities)
      events.set(id, await this.#memory.readEvents({ tenant: 'default', type: 'Task', id }))
    const { lastPosition, events: storedEvents } = await this.#memory.stats()
    const results = await Promise.all(recovered)
    await this.#host.stop().catch(() => {})
    return {
      asked: this.#asked,
      flushes: this.#flushes,
      lastLife,
      dead: this.#dead,
      failed: this.#failed,
      events,
      lastPosition,
      storedEvents,
      positions: this.#positions,
      most: this.#most,
      recovered: results,
      timersLeft: this.#clock.timers,
    }
  }

  #quarantined(): readonly { readonly entity: { readonly id: string } }[] {
    return this.#host.health().quarantined.map(({ id }) => ({ entity: { id } }))
  }

  async #start(): Promise<void> {
    const life = ++this.#life
    const storage: Storage = new Proxy(this.#memory, {
      get: (target, name: keyof Storage) => {
        if (name === 'commit') return (units: readonly CommitUnit[]) => this.#commit(life, units)
        const member: unknown = target[name]
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
    this.#host = await createHost({
      specs: [taskSpec],
      storage,
      clock: this.#clock,
      ids: { next: () => `${life}-${++this.#ids}` },
      random: { next: () => 0.5 },
      retry,
      retention: false,
      keepStorageOpen: true,
      ...bounds,
      onError: (error) => {
        if (error.code === 'acknowledged_command_lost') return
        this.#failed.set(life, (this.#failed.get(life) ?? 0) + 1)
        this.#ask({ entity: 0, bytes: 0, asksAgain: false, isImpatient: false })
      },
    })
  }

  #ask({
    entity: place,
    bytes,
    asksAgain,
    isImpatient,
  }: Omit<CycleStep & { readonly kind: 'ask' }, 'kind'>): void {
    const entity = entities[place] ?? 'a'
    const tag = `${this.#asked.length}`
    const asked: Asked = { tag, entity, life: this.#life, isImpatient }
    this.#asked.push(asked)
    const params = { tag: tag.padEnd(bytes, '.') }
    const durability = isImpatient ? 'processed' : 'committed'
    void this.#host
      .entity('Task', entity)
      .tryAsk('Tag', params, { correlationId: tag, durability })
      .then((outcome) => {
        asked.outcome = outcome
        if (asksAgain && asked.life === this.#life && !this.#dead.has(asked.life))
          this.#ask({ entity: place, bytes, asksAgain: false, isImpatient })
      })
  }

  #flush(): void {
    const waiting = this.#asked.filter(({ life, outcome }) => life === this.#life && outcome === undefined)
    const flushed: Flushed = { life: this.#life, waiting, isOver: false, leftOver: 0 }
    this.#flushes.push(flushed)
    // Askers hear a moment after their commands are settled.
    const note = async (): Promise<void> => {
      await turn()
      flushed.isOver = true
      flushed.leftOver = waiting.filter(({ outcome }) => outcome === undefined).length
    }
    this.#host.flush().then(note, note)
  }

  #look(): void {
    const { entries, bytes } = this.#host.health().queue
    this.#most.entries = Math.max(this.#most.entries, entries)
    if (entries > 1)
      this.#most.excessBytes = Math.max(this.#most.excessBytes, bytes - bounds.maxBytesInFlight)
  }

  async #commit(life: number, units: readonly CommitUnit[]): Promise<readonly CommitResult[]> {
    if (this.#dead.has(life)) return never()
    this.#commitsNow++
    this.#most.commits = Math.max(this.#most.commits, this.#commitsNow)
    const events = units.reduce((sum, unit) => sum + unit.events.length, 0)
    this.#most.batchEvents = Math.max(this.#most.batchEvents, events)
    this.#look()
    try {
      return await this.#goWrong(life, units)
    } finally {
      this.#commitsNow--
    }
  }

  async #goWrong(life: number, units: readonly CommitUnit[]): Promise<readonly CommitResult[]> {
    const fault = this.#faults.shift()
    switch (fault?.kind) {
      case undefined:
        return this.#carryOut(units)
      case 'stall':
        await new Promise<void>((resolve) => void this.#clock.setTimeout(resolve, fault.ms))
        return this.#carryOut(units)
      case 'failBefore':
        if (fault.times > 1) this.#faults.unshift({ ...fault, times: fault.times - 1 })
        throw new StorageError(fault.isPermanent ? 'storage_failed' : 'storage_unavailable', 'planned')
      case 'loseReply':
        await this.#carryOut(units)
        throw new StorageError('outcome_unknown', 'planned')
      case 'missingResult':
        return (await this.#carryOut(units)).slice(0, -1)
      case 'conflict':
        await this.#overtake(units[0]?.entity.id ?? 'a')
        return this.#carryOut(units)
      case 'crash':
        if (fault.isCarriedOut) await this.#carryOut(units)
        this.#dead.add(life)
        this.#commitsNow = 0
        return never()
    }
  }

  async #carryOut(units: readonly CommitUnit[]): Promise<readonly CommitResult[]> {
    const results = await this.#memory.commit(units)
    for (const [index, result] of results.entries()) {
      const first = units[index]?.events[0]?.eventId ?? ''
      if (result.kind !== 'committed' || this.#seen.has(first)) continue
      this.#seen.add(first)
      this.#positions.push(result.firstPosition)
    }
    return results
  }

  /** Another host writes the entity first. */
  async #overtake(id: string): Promise<void> {
    const ids = { next: () => `theirs-${++this.#theirs}` }
    const other = await createHost({
      specs: [taskSpec],
      storage: this.#memory,
      keepStorageOpen: true,
      retention: false,
      ids,
    })
    const { event } = await other.entity('Task', id).ask('Add', { amount: 0 })
    this.#seen.add(event.eventId)
    await other.stop()
  }
}

/** The dead answer nobody. */
function never(): Promise<never> {
  return new Promise(() => {})
}
