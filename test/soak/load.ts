// A host under load: many commands at once, each asked again under its key until it is known what became of it. Used by
// every campaign, in its own process or in one that is killed.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { createHost } from '@perdure/actors'
import type { Host, HostHealth, HostOptions } from '@perdure/actors'
import type { Router, Storage } from '@perdure/core'
import { isPerdureError } from '@perdure/core'
import { commandOf, keyOf, soakSpec } from './soak-spec.ts'

/** Hears what is asked and what is answered. */
export interface LoadLog {
  tried(id: string): void
  /** @param wasDoubtful - whether it was asked before, and had no answer */
  acknowledged(id: string, sequence: number, wasDoubtful: boolean): void
  refused(id: string, code: string): void
}

/** What a load consists of. */
export interface LoadOptions {
  readonly open: () => Promise<Storage>
  readonly log: LoadLog
  /** The next number to ask. */
  readonly next: () => number
  /** Asked first: numbers that were asked before, and not answered. */
  readonly doubtful?: readonly number[]
  /** Commands under way at once. @defaultValue 16 */
  readonly lanes?: number
  /** @defaultValue 20 */
  readonly entities?: number
  /** Whether it also sweeps, lets entities go and stores snapshots again. @defaultValue true */
  readonly isTidying?: boolean
  readonly host?: Partial<Omit<HostOptions, 'specs' | 'storage'>>
  /** For hosts that hand each other commands; each gets a router of its own. */
  readonly openRouter?: () => Promise<Router>
  /** Told now and then how the host is. */
  readonly onHealth?: (health: HostHealth) => void
}

/** Answers that leave it open whether a command happened, or say that it did not and may be asked again. */
const openCodes: ReadonlySet<string> = new Set(['unavailable', 'host_stopped', 'conflict', 'overloaded'])

/** Runs until it is stopped; a host that has given up is replaced by a new one. */
export class Load {
  readonly #options: LoadOptions
  readonly #lanes: Promise<void>[] = []
  #isEnding = false
  #host: Promise<{ readonly host: Host; readonly storage: Storage }> | undefined
  #hosts = 0
  /** Why commands had to be asked again. */
  readonly #repeats = new Map<string, number>()
  #answered = 0

  constructor(options: LoadOptions) {
    this.#options = options
  }

  get facts(): {
    readonly hosts: number
    readonly repeats: Readonly<Record<string, number>>
    readonly answered: number
  } {
    return { hosts: this.#hosts, repeats: Object.fromEntries(this.#repeats), answered: this.#answered }
  }

  /** That of the host at work; undefined between two. */
  async health(): Promise<HostHealth | undefined> {
    return (await this.#host)?.host.health()
  }

  /** Asks what is in doubt first, then goes on with new commands. Rejects with what must not happen. */
  async run(): Promise<void> {
    const { lanes = 16, isTidying = true, doubtful = [] } = this.#options
    await Promise.all(doubtful.map((n) => this.#carryOut(n, true)))
    for (let lane = 0; lane < lanes; lane++) this.#lanes.push(this.#runLane())
    if (isTidying) this.#lanes.push(this.#tidy())
    await Promise.all(this.#lanes)
    const running = await this.#host
    await running?.host.stop()
  }

  /** Waits until so many more commands were answered, or the load has failed. */
  async progress(commands: number): Promise<void> {
    const goal = this.#answered + commands
    while (this.#answered < goal && !this.#isEnding) await sleep(2)
  }

  /** Takes no new commands; `run` ends when every command has its answer. */
  end(): void {
    this.#isEnding = true
  }

  async #runLane(): Promise<void> {
    while (!this.#isEnding) {
      await this.#carryOut(this.#options.next(), false)
      // A storage in memory answers within the turn, and would leave no room for whoever is to end this.
      await turn()
    }
  }

  async #carryOut(n: number, isDoubtful: boolean): Promise<void> {
    const { log, entities = 20 } = this.#options
    const id = keyOf(n)
    const { entity, action, params } = commandOf(n, entities)
    for (let attempt = isDoubtful ? 1 : 0; ; attempt++) {
      const { host } = await this.#working()
      if (attempt === 0) log.tried(id)
      const options = { idempotencyKey: id, correlationId: id }
      const result = await host.entity('Shelf', entity).tryAsk(action, params, options)
      if (result.ok) {
        this.#answered++
        if (this.#answered % 20 === 0) this.#options.onHealth?.(host.health())
        log.acknowledged(id, result.event.sequence, attempt > 0)
        return
      }
      const { code } = result.error
      if (code === 'entity_not_found') await this.#spawn(host, entity)
      else if (!openCodes.has(code)) {
        if (code === 'internal') throw result.error
        log.refused(id, code)
        return
      }
      const { cause } = result.error
      const why = isPerdureError(cause) ? cause.code : code
      this.#repeats.set(why, (this.#repeats.get(why) ?? 0) + 1)
      if (attempt > 2) await sleep(10)
    }
  }

  async #spawn(host: Host, id: string): Promise<void> {
    try {
      await host.spawn('Shelf', { id, ifAbsent: true })
    } catch (error) {
      if (!isPerdureError(error) || !openCodes.has(error.code)) throw error
    }
  }

  /** A host that takes commands. */
  async #working(): Promise<{ readonly host: Host; readonly storage: Storage }> {
    this.#host ??= this.#start()
    return this.#host
  }

  async #start(): Promise<{ readonly host: Host; readonly storage: Storage }> {
    const storage = await this.#openInTheEnd()
    this.#hosts++
    const router = await this.#options.openRouter?.()
    const host = await createHost({
      retry: { budgetMs: 3_000, capMs: 200 },
      ...this.#options.host,
      ...(router && { router }),
      specs: [soakSpec],
      storage,
      // What a supervisor would do: a host that has given up makes room for another.
      onError: () => {
        this.#host = undefined
        void host.stop({ deadlineMs: 0 }).catch(() => {})
      },
    })
    return { host, storage }
  }

  async #openInTheEnd(): Promise<Storage> {
    for (;;) {
      try {
        return await this.#options.open()
      } catch (error) {
        if (!isPerdureError(error) || !mayPass.has(error.code)) throw error
        await sleep(50)
      }
    }
  }

  /** Sweeps, lets go of entities so that they are loaded again, and stores snapshots once more. */
  async #tidy(): Promise<void> {
    const { entities = 20 } = this.#options
    for (let round = 0; !this.#isEnding; round++) {
      const id = `shelf-${round % entities}`
      try {
        const { host, storage } = await this.#working()
        host.passivate('Shelf', id)
        await host.sweep()
        const key = { tenant: 'default', type: 'Shelf', id }
        const [first] = await storage.readEvents(key, { limit: 1 })
        const loaded = await storage.load(key, { specHash: first?.specHash ?? '' })
        if (loaded?.snapshot !== undefined) await storage.saveSnapshot(key, loaded.snapshot)
      } catch (error) {
        if (!isPerdureError(error) || !mayPass.has(error.code)) throw error
      }
      await sleep(5)
    }
  }
}

/** Errors of a storage that is ill and may recover, or that its host has just closed. */
const mayPass: ReadonlySet<string> = new Set([
  'storage_unavailable',
  'storage_contention',
  'outcome_unknown',
  'storage_closed',
  'storage_full',
  'host_stopped',
])
