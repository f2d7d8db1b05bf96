// The router port over NATS: an address is a subject, an answer comes to an inbox of its own. Plain messages, no streams: one
// that is lost costs its request an answer, and the storage alone decides what was carried out.
import { checkAddress, RouterError } from '@perdure/core'
import type {
  Clock,
  Router,
  RouterAnswer,
  RouterRequest,
  RouterResult,
  RouterSeat,
  SendOptions,
} from '@perdure/core'
import { BodyPuller, givePart } from './bodies.ts'
import type { InboxFrame } from './frame.ts'
import type { NatsLine } from './nats-line.ts'
import { NatsSeat } from './nats-seat.ts'

/** What a router is made of. */
export interface NatsRouterParts {
  readonly line: NatsLine
  readonly clock: Clock
  /** Of subjects of seats, with its dot. */
  readonly seatPrefix: string
  /** Nobody else's. */
  readonly id: string
  readonly maxBodyBytes: number
  readonly maxWaiting: number
}

/** Larger bodies are pulled, bytes. */
const maxInlineBytes = 32 * 1024
/** Bodies that go along with their requests, all together, bytes; beyond it they are pulled. */
const maxInlineUnderWay = 4 * 1024 * 1024
/** How long what was published may take to go out at the end, milliseconds. */
const farewellMs = 1_000

/** Until it is closed. */
export class NatsRouter implements Router {
  readonly maxBodyBytes: number
  readonly #parts: NatsRouterParts
  readonly #puller: BodyPuller
  readonly #seats = new Map<string, NatsSeat>()
  /** Ends of the waits. */
  readonly #waits = new Set<(result: RouterResult) => void>()
  #inlineUnderWay = 0
  #lastSeat = 0
  #closing: Promise<void> | undefined

  constructor(parts: NatsRouterParts) {
    this.#parts = parts
    this.#puller = new BodyPuller(parts.line)
    this.maxBodyBytes = parts.maxBodyBytes
  }

  get trouble(): RouterError | undefined {
    return this.#parts.line.trouble
  }

  async join(address: string, answer: RouterAnswer): Promise<RouterSeat> {
    this.#assertOpen()
    checkAddress(address)
    const { line, clock, id, maxBodyBytes, maxWaiting: maxUnderWay } = this.#parts
    if (this.#seats.has(address)) throw new RouterError('address_taken', `${address} is taken by this router`)
    if (line.trouble !== undefined) throw line.trouble
    const seat = new NatsSeat({
      line,
      puller: this.#puller,
      clock,
      address,
      answer,
      maxBodyBytes,
      maxUnderWay,
      subject: this.#subjectOf(address),
      id: `${id}.${(this.#lastSeat += 1)}`,
      inlineBytes: () => Math.min(maxInlineBytes, line.maxCarriedBytes),
      onLeft: () => {
        if (this.#seats.get(address) === seat) this.#seats.delete(address)
      },
    })
    this.#seats.set(address, seat)
    await seat.claim()
    return seat
  }

  async send(address: string, request: RouterRequest, options: SendOptions): Promise<RouterResult> {
    this.#assertOpen()
    checkAddress(address)
    options.signal?.throwIfAborted()
    const { line, maxBodyBytes, maxWaiting } = this.#parts
    if (line.trouble !== undefined) return undelivered(line.trouble.message)
    if (this.#waits.size >= maxWaiting) return undelivered(`${maxWaiting} requests wait already`)
    const body = Buffer.from(request.body)
    if (body.length > maxBodyBytes) return undelivered(`it is over ${maxBodyBytes} bytes`)
    return this.#exchange(this.#subjectOf(address), request.id, body, options)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #exchange(
    subject: string,
    id: string,
    body: Buffer,
    { timeoutMs, signal }: SendOptions,
  ): Promise<RouterResult> {
    const { line, clock } = this.#parts
    const over = new AbortController()
    return new Promise<RouterResult>((resolve, reject) => {
      const inlined = this.#isInline(body.length) ? body.length : 0
      const end = (result: RouterResult): void => {
        if (!this.#waits.delete(end)) return
        this.#inlineUnderWay -= inlined
        inbox.close()
        clock.clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
        over.abort()
        if (result.kind === 'unanswered') line.publish(subject, { kind: 'over', inbox: inbox.subject })
        resolve(result)
      }
      const giveUp = (): void => {
        reject(signal?.reason as Error)
        end(unanswered('its sender gave up'))
      }
      const inbox = line.openInbox({
        onFrame: (frame, carried, replyTo) => {
          if (frame.kind === 'pull') givePart(line, body, frame.at, replyTo)
          else
            void this.#resultOf(frame, carried, replyTo, over.signal).then((result) => result && end(result))
        },
        onNobody: () => end(undelivered('nobody is there')),
        onLost: (reason) => end(unanswered(reason)),
      })
      const timer = clock.setTimeout(() => end(unanswered(`no answer within ${timeoutMs} ms`)), timeoutMs, {
        unref: true,
      })
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#waits.add(end)
      this.#inlineUnderWay += inlined
      const isSent = this.#isInline(body.length, inlined)
        ? line.publish(subject, { kind: 'ask', id, ms: timeoutMs }, body, inbox)
        : line.publish(subject, { kind: 'offer', id, ms: timeoutMs, size: body.length }, undefined, inbox)
      if (!isSent) end(undelivered('there is no connection to NATS'))
    })
  }

  async #resultOf(
    frame: InboxFrame,
    carried: Buffer,
    replyTo: string,
    signal: AbortSignal,
  ): Promise<RouterResult | undefined> {
    switch (frame.kind) {
      case 'answer':
        if (carried.length > this.maxBodyBytes)
          return unanswered(`the answer is over ${this.maxBodyBytes} bytes`)
        return { kind: 'answered', body: carried.toString() }
      case 'held': {
        if (frame.size > this.maxBodyBytes) return unanswered(`the answer is over ${this.maxBodyBytes} bytes`)
        const body = await this.#puller.pull(replyTo, frame.size, signal)
        return body === undefined ? unanswered('its answer was lost') : { kind: 'answered', body }
      }
      case 'declined':
        return undelivered(frame.reason)
      case 'failed':
        return unanswered(frame.reason)
      default:
        return undefined
    }
  }

  /** @param counted - of these bytes, what is counted as under way already */
  #isInline(bytes: number, counted: number = 0): boolean {
    const limit = Math.min(maxInlineBytes, this.#parts.line.maxCarriedBytes)
    return bytes <= limit && this.#inlineUnderWay + bytes - counted <= maxInlineUnderWay
  }

  async #close(): Promise<void> {
    const { line, clock } = this.#parts
    for (const seat of this.#seats.values()) seat.giveUp()
    for (const end of this.#waits) end(unanswered('the router was closed'))
    let timer: unknown
    const bound = new Promise<void>(
      (resolve) => (timer = clock.setTimeout(resolve, farewellMs, { unref: true })),
    )
    await line.close(bound)
    clock.clearTimeout(timer)
  }

  /** One token: a subject is cut at dots, and an address may have them anywhere. */
  #subjectOf(address: string): string {
    return this.#parts.seatPrefix + address.replaceAll('.', '=')
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new RouterError('router_closed', 'the router is closed')
  }
}

function undelivered(reason: string): RouterResult {
  return { kind: 'undelivered', reason }
}

function unanswered(reason: string): RouterResult {
  return { kind: 'unanswered', reason }
}
