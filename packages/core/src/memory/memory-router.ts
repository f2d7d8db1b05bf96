// The router port in process memory: hosts of one process, for tests and for a router's author to read. An answer is never
// given in the same step as the request, as with any router.
import { checkAddress, RouterError } from '../cluster/router-error.ts'
import type {
  Router,
  RouterAnswer,
  RouterRequest,
  RouterResult,
  RouterSeat,
  SendOptions,
} from '../cluster/router.ts'
import type { Clock } from '../ports/clock.ts'
import { systemClock } from '../ports/clock.ts'

/** How a memory network is made. */
export interface MemoryNetworkOptions {
  /** What times out requests. @defaultValue the system's clock */
  readonly clock?: Clock
  /** @defaultValue 32 MiB */
  readonly maxBodyBytes?: number
  /** Requests of one router that wait at once. @defaultValue 10000 */
  readonly maxWaiting?: number
}

interface Seat {
  readonly owner: MemoryRouter
  readonly answer: RouterAnswer
  readonly underWay: Set<Promise<unknown>>
  /** Ends of the waits for its answers. */
  readonly awaited: Set<(result: RouterResult) => void>
}

/** What the routers of one process share: who sits where. */
export class MemoryNetwork {
  /** @internal */
  readonly seats = new Map<string, Seat>()
  /** @internal */
  readonly options: Required<MemoryNetworkOptions>

  constructor(options: MemoryNetworkOptions = {}) {
    const { clock = systemClock, maxBodyBytes = 32 * 1024 * 1024, maxWaiting = 10_000 } = options
    this.options = { clock, maxBodyBytes, maxWaiting }
  }

  /** A router for one host. @param options - what is to differ from the network's for it */
  open(options: MemoryNetworkOptions = {}): Router {
    return new MemoryRouter(this, { ...this.options, ...options })
  }
}

class MemoryRouter implements Router {
  readonly trouble = undefined
  readonly #network: MemoryNetwork
  readonly #options: Required<MemoryNetworkOptions>
  readonly #waits = new Set<(result: RouterResult) => void>()
  #isClosed = false

  constructor(network: MemoryNetwork, options: Required<MemoryNetworkOptions>) {
    this.#network = network
    this.#options = options
  }

  get maxBodyBytes(): number {
    return this.#options.maxBodyBytes
  }

  async join(address: string, answer: RouterAnswer): Promise<RouterSeat> {
    this.#assertOpen()
    checkAddress(address)
    const { seats } = this.#network
    if (seats.has(address)) throw new RouterError('address_taken', `somebody has a seat under ${address}`)
    const seat: Seat = { owner: this, answer, underWay: new Set(), awaited: new Set() }
    seats.set(address, seat)
    return { leave: () => leave(seats, address, seat) }
  }

  async send(address: string, request: RouterRequest, options: SendOptions): Promise<RouterResult> {
    this.#assertOpen()
    checkAddress(address)
    options.signal?.throwIfAborted()
    const seat = this.#network.seats.get(address)
    const { maxWaiting, maxBodyBytes } = this.#options
    if (seat === undefined) return undelivered(`nobody is there under ${address}`)
    if (this.#waits.size >= maxWaiting) return undelivered(`${maxWaiting} requests wait already`)
    if (Buffer.byteLength(request.body) > maxBodyBytes) return undelivered(`it is over ${maxBodyBytes} bytes`)
    return this.#exchange(seat, request, options)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const { seats } = this.#network
    for (const end of this.#waits) end(unanswered('the router was closed'))
    for (const [address, seat] of seats) {
      if (seat.owner !== this) continue
      seats.delete(address)
      for (const end of seat.awaited) end(unanswered('whoever has it has closed its router'))
    }
  }

  #exchange(seat: Seat, request: RouterRequest, { timeoutMs, signal }: SendOptions): Promise<RouterResult> {
    const { clock } = this.#options
    const over = new AbortController()
    return new Promise<RouterResult>((resolve, reject) => {
      const end = (result: RouterResult): void => {
        this.#waits.delete(end)
        seat.awaited.delete(end)
        clock.clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
        over.abort()
        resolve(result)
      }
      const giveUp = (): void => {
        reject(signal?.reason as Error)
        end(unanswered('its sender gave up'))
      }
      const timer = clock.setTimeout(() => end(unanswered(`no answer within ${timeoutMs} ms`)), timeoutMs, {
        unref: true,
      })
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#waits.add(end)
      seat.awaited.add(end)
      void handOver(seat, request, over.signal, this.maxBodyBytes).then(end)
    })
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RouterError('router_closed', 'the router is closed')
  }
}

async function handOver(
  seat: Seat,
  request: RouterRequest,
  signal: AbortSignal,
  maxBodyBytes: number,
): Promise<RouterResult> {
  await Promise.resolve()
  try {
    const answered = seat.answer(request, { signal })
    seat.underWay.add(answered)
    const body = await answered.finally(() => seat.underWay.delete(answered))
    if (Buffer.byteLength(body) > maxBodyBytes) return unanswered(`the answer is over ${maxBodyBytes} bytes`)
    return { kind: 'answered', body }
  } catch (error) {
    return unanswered(`whoever has it failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function leave(seats: Map<string, Seat>, address: string, seat: Seat): Promise<void> {
  if (seats.get(address) === seat) seats.delete(address)
  await Promise.allSettled(seat.underWay)
}

function undelivered(reason: string): RouterResult {
  return { kind: 'undelivered', reason }
}

function unanswered(reason: string): RouterResult {
  return { kind: 'unanswered', reason }
}
