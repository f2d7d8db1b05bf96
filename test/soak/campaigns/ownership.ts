// Three hosts, each a process with a router, on the same hundred entities: one writes an entity at a time, the others hand it what
// they are asked. Now and then one is killed, stopped and continued as a zombie, or asked to leave, and another comes in its place.
import { setTimeout as sleep } from 'node:timers/promises'
import { openStorage } from '@perdure/storage-pg'
import { between, oneOf } from '../campaign.ts'
import type { Campaign, CampaignContext } from '../campaign.ts'
import type { TestDatabase } from '../../setup/database.ts'
import { untilAlone, withDatabase } from '../databases.ts'
import { Ledger } from '../ledger.ts'
import { Load } from '../load.ts'
import type { LoadLog } from '../load.ts'
import { Worker } from '../worker.ts'

const entities = 100
const hosts = 3
const leaseMs = 1_000
/** Numbers that one life may use up. */
const share = 1_000_000

/** Hand-over, fail-over, zombies. */
export const ownership: Campaign = {
  name: 'ownership',
  about:
    'three hosts that hand each other commands, each killed, stopped for a while or asked to leave at times',
  short: 3,
  long: 120,
  run: (context) =>
    withDatabase(context.serverUrl, async (database) => {
      await (await openStorage(database.url)).close()
      const ledger = new Ledger()
      const cluster = new Cluster(database, ledger)
      const faults = await cluster.suffer(context)
      await cluster.end()
      await untilAlone(database)
      const last = new Load({
        open: () => openStorage(database.url),
        next: ledger.next,
        doubtful: ledger.doubtful,
        log: ledger.logOf(0),
        lanes: 0,
        isTidying: false,
        entities,
      })
      await last.run()
      const storage = await openStorage(database.url)
      const compared = await ledger.compare(storage, entities)
      await storage.close()
      return { ...compared, faults, notes: cluster.notes }
    }),
}

class Cluster {
  readonly #database: TestDatabase
  readonly #ledger: Ledger
  readonly #failed = new AbortController()
  readonly #counts = { kills: 0, zombies: 0, leavings: 0 }
  readonly #workers: { readonly worker: Worker; readonly working: Promise<void> }[] = []
  readonly #gone: Worker[] = []
  #lives = 0
  /** Longest time without an answer for who was left, after a death and after a leaving, milliseconds. */
  readonly #longest = { kill: 0, leave: 0 }
  /** When each command under way was asked. */
  readonly #asked = new Map<string, number>()
  #slowest = 0

  constructor(database: TestDatabase, ledger: Ledger) {
    this.#database = database
    this.#ledger = ledger
    for (let nth = 0; nth < hosts; nth++) this.#start(nth)
  }

  get notes(): Readonly<Record<string, number | string>> {
    const facts = [...this.#gone, ...this.#workers.map(({ worker }) => worker)].map((worker) => worker.facts)
    const sum = (index: number): number => facts.reduce((total, each) => total + (each[index] ?? 0), 0)
    return {
      ...this.#counts,
      conflicts: sum(0),
      forwarded: sum(1),
      'taken over': sum(2),
      'slowest answer after a kill, of leases': (this.#longest.kill / leaseMs).toFixed(2),
      'slowest answer after a leaving, ms': Math.round(this.#longest.leave),
    }
  }

  /** Brings faults about. @returns how many */
  async suffer({ random, faults, isOver, say }: CampaignContext): Promise<number> {
    let done = 0
    await this.#progress(200)
    for (; done < faults && !isOver() && !this.#failed.signal.aborted; done++) {
      const nth = between(random, 0, hosts - 1)
      const kind =
        done < 3
          ? (['kill', 'stop', 'leave'] as const)[done]
          : oneOf(random, ['kill', 'stop', 'leave'] as const)
      await this.#bringAbout(kind ?? 'kill', nth, between(random, 50, 3 * leaseMs))
      await this.#progress(between(random, 50, 200))
      if ((done + 1) % 10 === 0) say(`${done + 1} faults, ${this.#acknowledged} acknowledged`)
    }
    return done
  }

  async end(): Promise<void> {
    for (const { worker } of this.#workers) worker.kill()
    await Promise.all(this.#workers.map(({ working }) => working))
  }

  async #bringAbout(kind: 'kill' | 'stop' | 'leave', nth: number, pauseMs: number): Promise<void> {
    const { worker, working } = this.#workers[nth] ?? this.#start(nth)
    while (worker.lines === 0 && !this.#failed.signal.aborted) await sleep(5)
    this.#slowest = 0
    if (kind === 'stop') {
      this.#counts.zombies++
      worker.kill('SIGSTOP')
      await sleep(pauseMs)
      worker.kill('SIGCONT')
      return
    }
    this.#counts[kind === 'kill' ? 'kills' : 'leavings']++
    worker.kill(kind === 'kill' ? 'SIGKILL' : 'SIGTERM')
    await working
    this.#gone.push(worker)
    // Long enough for everybody who waited for the one that is gone.
    await sleep(2 * leaseMs)
    this.#longest[kind] = Math.max(this.#longest[kind], this.#slowest)
    this.#start(nth)
  }

  #start(nth: number): { readonly worker: Worker; readonly working: Promise<void> } {
    const life = ++this.#lives
    const worker = new Worker()
    const order = {
      url: this.#database.url,
      first: life * share,
      step: 1,
      doubtful: [],
      entities,
      lanes: 8,
      cluster: { hostId: `host-${nth}`, leaseMs },
      pool: { transactionIdleTimeoutMs: 300 },
    }
    const working = worker.work(order, this.#timed(this.#ledger.logOf(life)), { isEnough: () => false })
    working.catch(() => this.#failed.abort())
    const started = { worker, working }
    this.#workers[nth] = started
    return started
  }

  /** Around a take-over commands that are under way together may change places: their order is not compared. */
  #timed(log: LoadLog): LoadLog {
    return {
      tried: (id) => {
        this.#asked.set(id, performance.now())
        log.tried(id)
      },
      acknowledged: (id, sequence) => {
        const asked = this.#asked.get(id) ?? performance.now()
        this.#asked.delete(id)
        this.#slowest = Math.max(this.#slowest, performance.now() - asked)
        log.acknowledged(id, sequence, true)
      },
      refused: (id, code) => log.refused(id, code),
    }
  }

  get #acknowledged(): number {
    return this.#ledger.said.acknowledged.size
  }

  async #progress(commands: number): Promise<void> {
    const goal = this.#acknowledged + commands
    while (this.#acknowledged < goal && !this.#failed.signal.aborted) await sleep(5)
  }
}
