// The line of one router to NATS: whether it is up, what is published on it, and the router's inboxes. Everything above it
// speaks in frames. Nothing is published while it is down: what the client then keeps for later might arrive, or not.
import type { Msg, NatsConnection, Status, Subscription } from '@nats-io/transport-node'
import { RouterError } from '@perdure/core'
import { decodeFrame, encodeFrame, maxHeadBytes } from './frame.ts'
import type { InboxFrame, SeatFrame } from './frame.ts'

/** What comes into an inbox. None of it may throw. */
export interface InboxHandler {
  readonly onFrame: (frame: InboxFrame, carried: Buffer, replyTo: string) => void
  /** What was published with this inbox for replies has reached nobody: the server says so. */
  readonly onNobody: () => void
  /** The line went down: what was under way may be lost. */
  readonly onLost: (reason: string) => void
}

/** An inbox, until it is closed. */
export interface Inbox {
  readonly subject: string
  close(): void
}

/** What is under way when the line is cut off for good. */
const closedReason = 'the router was closed'

/** From `start` until `close`. */
export class NatsLine {
  readonly #connection: NatsConnection
  readonly #isOwn: boolean
  readonly #prefix: string
  /** The client lets it be stopped, and does not say so in its type. */
  readonly #statuses: AsyncIterable<Status> & { readonly stop?: () => void }
  readonly #inboxes = new Map<string, InboxHandler>()
  #subscription: Subscription | undefined
  #lastInbox = 0
  /** Up while undefined. */
  #trouble: RouterError | undefined
  #isClosed = false

  /** @param isOwn - whether the connection is closed with the line */
  constructor(connection: NatsConnection, isOwn: boolean, prefix: string) {
    this.#connection = connection
    this.#isOwn = isOwn
    this.#prefix = prefix
    this.#statuses = connection.status()
  }

  get trouble(): RouterError | undefined {
    return this.#trouble
  }

  /** The largest thing that a frame carries, bytes. */
  get maxCarriedBytes(): number {
    return (this.#connection.info?.max_payload ?? 1024 * 1024) - maxHeadBytes
  }

  /** Listens to inboxes and to how the connection fares. @throws RouterError */
  async start(): Promise<void> {
    if (this.maxCarriedBytes < maxHeadBytes)
      throw new RouterError(
        'router_misconfigured',
        `the NATS server takes messages of ${this.#connection.info?.max_payload} bytes at most; set its max_payload to 8 KB or more`,
      )
    void this.#watch()
    this.#subscription = await this.subscribe(`${this.#prefix}.*`, (message) => this.#onInbox(message))
    if (await this.#hearsItself()) return
    throw new RouterError(
      'router_misconfigured',
      `what this user publishes below the router's prefix does not arrive: grant it, and leave noEcho off`,
    )
  }

  /** Resolves once the server knows. @throws RouterError */
  async subscribe(subject: string, onMessage: (message: Msg) => void): Promise<Subscription> {
    let subscription: Subscription | undefined
    try {
      subscription = this.#connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) onMessage(message)
        },
      })
      await this.#connection.flush()
      // A refusal comes before the answer to the flush.
      if (!subscription.isClosed()) return subscription
    } catch (cause) {
      subscription?.unsubscribe()
      const message = `NATS cannot be reached to subscribe to ${subject}`
      throw this.#trouble ?? new RouterError('router_unavailable', message, { cause })
    }
    if (this.#isClosed) throw new RouterError('router_closed', 'the router is closed')
    throw new RouterError(
      'router_misconfigured',
      `the NATS server does not let this user subscribe to ${subject}; grant it everything below the router's prefix`,
      { details: { subject } },
    )
  }

  /** @returns false when the line is down, and nobody will see it */
  publish(subject: string, frame: SeatFrame | InboxFrame, carried?: Uint8Array, inbox?: Inbox): boolean {
    if (this.#trouble !== undefined || this.#isClosed) return false
    try {
      const options = inbox === undefined ? {} : { reply: inbox.subject }
      this.#connection.publish(subject, encodeFrame(frame, carried), options)
      return true
    } catch {
      // The connection is somebody else's, who is closing it.
      return false
    }
  }

  openInbox(handler: InboxHandler): Inbox {
    const name = String((this.#lastInbox += 1))
    this.#inboxes.set(name, handler)
    return { subject: `${this.#prefix}.${name}`, close: () => void this.#inboxes.delete(name) }
  }

  /** Resolves once the server has everything that was published, or cannot be reached. */
  async flush(): Promise<void> {
    if (this.#trouble === undefined) await this.#connection.flush().catch(() => {})
  }

  /** Lets what was published go out, while the server takes it. Idempotent. */
  async close(bound: Promise<unknown>): Promise<void> {
    if (this.#isClosed) return
    this.#loseAll(closedReason)
    this.#isClosed = true
    this.#subscription?.unsubscribe()
    this.#statuses.stop?.()
    await Promise.race([this.flush(), bound])
    if (this.#isOwn) await this.#connection.close()
  }

  /** What the server passes on to this line has come before its answer to a flush. */
  async #hearsItself(): Promise<boolean> {
    let isHeard = false
    const hear = (): void => void (isHeard = true)
    const inbox = this.openInbox({ onFrame: hear, onNobody: () => {}, onLost: () => {} })
    this.publish(inbox.subject, { kind: 'gone' })
    await this.flush()
    inbox.close()
    return isHeard || this.#trouble !== undefined
  }

  #onInbox(message: Msg): void {
    const handler = this.#inboxes.get(message.subject.slice(this.#prefix.length + 1))
    if (message.headers?.code === 503 && message.data.length === 0) return handler?.onNobody()
    const read = decodeFrame(message.data)
    if (read === undefined) return
    const { frame, carried } = read
    if (handler !== undefined) handler.onFrame(frame as InboxFrame, carried, message.reply ?? '')
    // Who pulls what is not there any more, or holds what nobody pulls, need not wait.
    else if (message.reply !== undefined) this.publish(message.reply, { kind: 'gone' })
  }

  async #watch(): Promise<void> {
    let outage = 0
    for await (const status of this.#statuses) {
      if (status.type === 'disconnect') {
        outage += 1
        this.#goDown('the connection to NATS was lost; it is being made again')
      }
      if (status.type === 'reconnect') void this.#comeUp(outage, () => outage)
    }
    const cause = this.#connection.isClosed() ? await this.#connection.closed() : undefined
    this.#goDown('the connection to NATS was closed, and is not made again', cause ?? undefined)
  }

  #goDown(reason: string, cause?: Error): void {
    const message = cause === undefined ? reason : `${reason}: ${cause.message}`
    this.#trouble = new RouterError('router_unavailable', message, { cause })
    this.#loseAll(reason)
  }

  /** Its subscriptions are made again by then; the flush tells when the server has them. */
  async #comeUp(outage: number, latest: () => number): Promise<void> {
    const isFlushed = await this.#connection.flush().then(
      () => true,
      () => false,
    )
    if (isFlushed && outage === latest()) this.#trouble = undefined
  }

  #loseAll(reason: string): void {
    const handlers = [...this.#inboxes.values()]
    this.#inboxes.clear()
    for (const { onLost } of handlers) onLost(reason)
  }
}
