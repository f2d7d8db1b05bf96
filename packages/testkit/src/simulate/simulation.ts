// One simulated run: hosts that crash and stand still, on one storage that goes wrong, in virtual time. Everything that is
// left to chance comes from the run's data; everything that can happen next waits in one queue.
import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'
import type { EntityKey, EntitySpec, EntityState, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import type { MemoryStorage } from '@perdure/core/memory'
import { isCommand } from '../arbitraries/run-step.ts'
import type { HostAction, Run, RunCommand, RunStep } from '../arbitraries/run-step.ts'
import type { Fault, StorageCall } from '../faulty-storage/fault.ts'
import type { FaultPlan } from '../faulty-storage/fault-plan.ts'
import { faultyStorage } from '../faulty-storage/faulty-storage.ts'
import { saveSnapshot } from '../properties/carry-out.ts'
import { performCommand } from '../properties/perform-command.ts'
import { Places } from '../properties/places.ts'
import { Stage } from '../properties/stage.ts'
import type { StartHost } from '../properties/stage.ts'
import { demand } from '../properties/violation.ts'
import type { BlobTamper } from '../storage-contract/contract-case.ts'
import { checkAtRest } from './check-at-rest.ts'
import { checkLedger } from './check-ledger.ts'
import { checkReads } from './check-reads.ts'
import type { SeenState } from './check-reads.ts'
import { Ledger } from './ledger.ts'
import { loseContents } from './lose-contents.ts'
import { observedStorage } from './observed-storage.ts'
import { chanceAt, seededRandom } from './seeded-random.ts'
import { HostClock } from './sim-host.ts'
import type { SimHost } from './sim-host.ts'
import { Trace } from './trace.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What a simulation is made of. */
export interface SimulationOptions {
  readonly specs: readonly EntitySpec[]
  readonly run: Run
  readonly plan: FaultPlan
  readonly hosts: number
  readonly inlineMaxBytes: number
  readonly startHost?: StartHost
}

/** A command that has no answer after so long, with nothing going wrong any more, will never have one. */
const answerWithinMs = 300_000
/** How long a step waits for its answer while things go wrong. */
const patienceMs = 60_000
const tenant = 'sim'

/** Carries one run out. Made for it, used once. */
export class Simulation {
  readonly trace: Trace = new Trace()
  readonly #options: SimulationOptions
  readonly #clock = new VirtualClock()
  readonly #memory: MemoryStorage = openMemoryStorage()
  readonly #storage: Storage
  readonly #stage: Stage
  readonly #places: Places
  readonly #ledger = new Ledger()
  readonly #reads: SeenState[] = []
  readonly #hosts: (SimHost | undefined)[]
  #lives = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    const { specs, inlineMaxBytes } = options
    this.#storage = observedStorage(this.#memory, this.trace)
    this.#stage = new Stage({
      specs,
      storage: this.#memory,
      tamper: tamperOf(this.#memory),
      tenant,
      inlineMaxBytes,
    })
    this.#places = new Places(tenant, specs)
    this.#hosts = Array.from({ length: options.hosts }, () => undefined)
  }

  /** Virtual time that has passed, milliseconds. */
  get elapsedMs(): number {
    return this.#clock.now() - 1_700_000_000_000
  }

  /** Safety first, while things go wrong; then liveness, when nothing does any more. @throws Violation */
  async carryOut(): Promise<void> {
    const { run, plan } = this.#options
    for (const [index, step] of run.steps.entries()) {
      this.trace.add('step', index, this.#clock.now())
      await this.#step(step, index)
    }
    plan.end()
    const isAnswered = await this.#drive(() => this.#ledger.waiting.length === 0, answerWithinMs)
    const [unanswered] = this.#ledger.waiting
    demand(
      isAnswered,
      `P44: command ${unanswered?.id} (${unanswered?.command.kind}) is never answered, though nothing goes wrong any more`,
    )
    for (const mortal of this.#hosts) if (mortal !== undefined) await this.#stop(mortal)
    // The log only grows, and every state on the way is looked at: once at the end is as good as after every step.
    await this.#check()
    const { specs, inlineMaxBytes } = this.#options
    await checkAtRest({
      specs,
      storage: this.#memory,
      entities: this.#places.entities,
      clock: this.#clock,
      inlineMaxBytes,
      start: () =>
        this.#startHost({
          clock: this.#clock,
          ids: { next: () => 'none' },
          random: seededRandom(0),
          storage: this.#memory,
        }),
    })
  }

  async #step(step: RunStep, index: number): Promise<void> {
    if (isCommand(step)) await this.#ask(step)
    else await this.#befall(step, index)
    await this.#clock.advance(Math.floor(chanceAt(this.#options.run.schedule, index, 3) * 4))
  }

  async #ask(step: RunCommand): Promise<void> {
    if (this.#places.visit(step)) {
      const { type, id, host, isAwaited } = step
      await this.#perform({ kind: 'spawn', type, id, host, isAwaited, fields: {} })
    }
    await this.#perform(step)
  }

  async #perform(command: RunCommand): Promise<void> {
    const mortal = await this.#hostOf(command.host)
    const entity = this.#places.entityOf(command)
    const entry = this.#ledger.open(command, entity, mortal.life)
    this.trace.add('ask', entry.id, command.kind, entity.id, mortal.index)
    void performCommand(mortal.host, entity, command, entry.id).then((outcome) => {
      entry.outcome = outcome
      const code = 'code' in outcome ? outcome.code : outcome.kind
      this.trace.add('answer', entry.id, code, this.#clock.now())
      this.trace.reach(`answered: ${code}`)
      if (outcome.kind === 'acked' && outcome.state !== undefined) this.#places.saw(command, outcome.state)
    })
    if (command.isAwaited)
      await this.#drive(() => entry.outcome !== undefined || mortal.storage.isDead, patienceMs)
  }

  async #befall(step: HostAction, index: number): Promise<void> {
    switch (step.kind) {
      case 'crash': {
        const mortal = await this.#hostOf(step.host)
        const isArriving = chanceAt(this.#options.run.schedule, index, 4) < 0.5
        mortal.storage.die(isArriving ? 'arriving' : 'lost')
        this.#bury(mortal)
        return
      }
      case 'restart':
        await this.#stop(await this.#hostOf(step.host))
        return
      case 'pause':
        ;(await this.#hostOf(step.host)).clock.pause(step.ms)
        if (this.#ledger.waiting.length > 0) this.trace.reach('pause with commands on their way')
        return
      case 'flush': {
        const { host, storage } = await this.#hostOf(step.host)
        await this.#driveUntil(host.flush(), () => storage.isDead)
        return
      }
      case 'passivate': {
        const { type, id } = this.#places.entityOf(step)
        ;(await this.#hostOf(step.host)).host.passivate(type, id, { tenant })
        return
      }
      case 'read': {
        const { host, storage } = await this.#hostOf(step.host)
        const entity = this.#places.entityOf(step)
        const seen = host.entity(entity.type, entity.id, { tenant }).state({ hydrate: true })
        seen.then(
          (state) => this.#reads.push({ entity, state: state as unknown as EntityState }),
          (error: unknown) => this.#reads.push({ entity, error }),
        )
        await this.#driveUntil(seen, () => storage.isDead)
        return
      }
      case 'snapshot':
        await saveSnapshot(this.#stage, this.#places.entityOf(step))
        return
      case 'lose':
        await loseContents(this.#stage, this.#places.entityOf(step), this.#places.entities)
        return
      case 'sweep':
        if (this.#ledger.waiting.length > 0) this.trace.reach('sweep with commands on their way')
        await this.#storage.sweep({ now: this.#clock.now(), graceMs: step.graceMs })
        return
      case 'advance':
        await this.#clock.advance(step.ms)
        return
    }
  }

  async #hostOf(index: number): Promise<SimHost> {
    const place = index % this.#hosts.length
    const found = this.#hosts[place]
    if (found !== undefined && !found.storage.isDead) return found
    const started = await this.#start(place)
    this.#hosts[place] = started
    return started
  }

  async #start(index: number): Promise<SimHost> {
    const { plan, run } = this.#options
    const life = ++this.#lives
    const clock = new HostClock(this.#clock)
    this.trace.add('start', index, life)
    const storage = faultyStorage(this.#storage, plan, {
      clock: this.#clock,
      hostClock: clock,
      delaysMs: ({ index: call }) => [delayOf(run.schedule, call, 1), delayOf(run.schedule, call, 2)],
      onCall: (call, fault) => this.#note(life, call, fault),
      onCrash: () => this.#bury({ life, clock }),
      jumpClock: (ms) => clock.jump(ms),
    })
    let ids = 0
    const host = await this.#startHost({
      storage,
      clock,
      random: seededRandom(run.schedule + life),
      ids: { next: () => `${life}-${++ids}` },
    })
    return { index, life, host, storage, clock }
  }

  #startHost(own: Omit<HostOptions, 'specs'>): Promise<Host> {
    const { specs, inlineMaxBytes, startHost } = this.#options
    // Sweeps are steps of the run, so that they are few, seen, and dropped when the run is made smaller.
    const options: HostOptions = {
      specs,
      tenant,
      inlineMaxBytes,
      keepStorageOpen: true,
      retention: false,
      ...own,
    }
    return startHost === undefined ? createHost(options) : startHost(options, this)
  }

  #note(life: number, { index, method }: StorageCall, fault: Fault | undefined): void {
    this.trace.add('call', life, index, method, fault?.kind, this.#clock.now())
    if (fault !== undefined) this.trace.reach(`${fault.kind} of ${method}`)
  }

  #bury({ life, clock }: Pick<SimHost, 'life' | 'clock'>): void {
    this.trace.add('death', life, this.#clock.now())
    if (this.#ledger.waiting.some((entry) => entry.life === life))
      this.trace.reach('crash with commands on their way')
    clock.die()
    this.#ledger.bury(life)
  }

  /** Stops a host in good order, if it lives so long. */
  async #stop(mortal: SimHost): Promise<void> {
    if (this.#hosts[mortal.index] !== mortal || mortal.storage.isDead) return
    await this.#driveUntil(mortal.host.stop(), () => mortal.storage.isDead)
    await this.#clock.settle()
    mortal.storage.die()
    this.#hosts[mortal.index] = undefined
  }

  /** Lets time pass until a promise has settled, or somebody has died. Its failure is its asker's business. */
  async #driveUntil(promise: Promise<unknown>, isOver: () => boolean): Promise<void> {
    let isSettled = false
    const note = (): void => {
      isSettled = true
    }
    promise.then(note, note)
    await this.#drive(() => isSettled || isOver(), patienceMs)
  }

  /** Lets time pass, timer by timer, until something is so. @returns false if it is not after so long */
  async #drive(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const deadline = this.#clock.now() + withinMs
    await this.#clock.settle()
    while (!isSo()) {
      const { nextInMs } = this.#clock
      if (nextInMs === undefined || this.#clock.now() + nextInMs > deadline) return isSo()
      await this.#clock.runNext()
    }
    return true
  }

  async #check(): Promise<void> {
    const stored = await Promise.all(
      this.#places.entities.map(async (entity: EntityKey) => {
        const { spec } = this.#stage.model(entity.type)
        return { entity, spec, events: await this.#memory.readEvents(entity) }
      }),
    )
    checkLedger(this.#ledger, stored, this.#options.inlineMaxBytes)
    checkReads(this.#reads, stored, this.#options.inlineMaxBytes)
  }
}

/** Damage is no part of the public face of a memory storage. */
function tamperOf(memory: MemoryStorage): BlobTamper {
  return (memory as MemoryStorage & { readonly tamper: BlobTamper }).tamper
}

/** Mostly short, now and then long: answers overtake each other. Never nothing, for that would be no queue. */
function delayOf(schedule: number, call: number, leg: number): number {
  const chance = chanceAt(schedule, call, leg)
  return chance < 0.9 ? 1 + Math.floor(chance * 4) : 40
}
