// How many entities are read from storage at once, of all tenants together and of each. When full, whoever needs one waits: those of
// one tenant in order, tenants in turns. Called by the loading phase, once a try: who is tried again lines up again, so that a
// storage that is away keeps nobody out by those who wait for it.
import { FairLine } from '../host/fair-line.ts'
import type { TenantLimits } from '../host/tenant-limits.ts'

/** How many may be read at once. */
export interface LoadBounds {
  readonly maxLoads: number
  /** @defaultValue each may have all of it */
  readonly limitsOf?: (tenant: string) => TenantLimits
}

/** Who may give up: a controller. Its signal comes into being when it is first looked at. */
export type Signalling = Pick<AbortController, 'signal'>

/** A gate with a line. Invariant: with somebody in the line there is somebody inside whose leaving lets him in. */
export class LoadGate {
  readonly #bounds: LoadBounds
  readonly #line = new FairLine<() => void>()
  /** Of tenants that have loads under way, and may not have any number of them. */
  readonly #shares = new Map<string, { readonly max: number; loads: number }>()
  #loads = 0

  constructor(bounds: LoadBounds) {
    this.#bounds = bounds
  }

  /** Loads under way. */
  get underWay(): number {
    return this.#loads
  }

  /** Loads that wait. */
  get waiting(): number {
    return this.#line.size
  }

  /**
   * Loads when there is room; its place is free again however that ends. @throws the reason of a signal that fires first
   * @param givenUp - who may end the wait; a signal that nobody has to wait for is not even made, for it costs 3 µs
   */
  async run<Result>(
    tenant: string,
    givenUp: readonly Signalling[],
    load: () => Promise<Result>,
  ): Promise<Result> {
    const max = this.#bounds.limitsOf?.(tenant).maxConcurrentLoads
    if (!this.#mayEnter(tenant)) await this.#wait(tenant, max, givenUp)
    else this.#take(tenant, max)
    try {
      return await load()
    } finally {
      this.#leave(tenant)
    }
  }

  #wait(tenant: string, max: number | undefined, givenUp: readonly Signalling[]): Promise<void> {
    const signals = givenUp.map(({ signal }) => signal)
    return new Promise((resolve, reject) => {
      const unlisten = (): void => {
        for (const signal of signals) signal.removeEventListener('abort', giveUp)
      }
      const giveUp = (): void => {
        unlisten()
        outOfLine()
        this.#letIn()
        reject(signals.find(({ aborted }) => aborted)?.reason as Error)
      }
      // Its place is taken in the moment it is free: nobody who comes in between is faster.
      const outOfLine = this.#line.push(tenant, () => {
        unlisten()
        this.#take(tenant, max)
        resolve()
      })
      if (!this.#hasShare(tenant)) this.#line.hold(tenant)
      if (signals.some(({ aborted }) => aborted)) giveUp()
      else for (const signal of signals) signal.addEventListener('abort', giveUp)
    })
  }

  #mayEnter(tenant: string): boolean {
    if (this.#line.size > 0 && (this.#line.isReady || this.#line.sizeOf(tenant) > 0)) return false
    return this.#loads < this.#bounds.maxLoads && this.#hasShare(tenant)
  }

  #hasShare(tenant: string): boolean {
    const share = this.#shares.get(tenant)
    return share === undefined || share.loads < share.max
  }

  #take(tenant: string, max: number | undefined): void {
    this.#loads++
    const share = this.#shares.get(tenant)
    if (share !== undefined) share.loads++
    else if (max !== undefined) this.#shares.set(tenant, { max, loads: 1 })
  }

  #leave(tenant: string): void {
    this.#loads--
    const share = this.#shares.get(tenant)
    if (share !== undefined && --share.loads === 0) this.#shares.delete(tenant)
    if (this.#line.size === 0) return
    this.#line.release(tenant)
    this.#letIn()
  }

  #letIn(): void {
    while (this.#loads < this.#bounds.maxLoads) {
      const next = this.#line.peek()
      if (next === undefined) return
      if (!this.#hasShare(next.tenant)) this.#line.hold(next.tenant)
      else {
        this.#line.shift()
        next.waiter()
      }
    }
  }
}
