// A place under an address, and the requests that are under way there. Joining claims the address; from then on until it is
// left it answers.
import type { Msg, Subscription } from '@nats-io/transport-node'
import { RouterError } from '@perdure/core'
import type { Clock, RouterAnswer, RouterSeat } from '@perdure/core'
import type { BodyPuller } from './bodies.ts'
import { holdOut, routerOf } from './bodies.ts'
import { decodeFrame } from './frame.ts'
import type { SeatFrame } from './frame.ts'
import type { NatsLine } from './nats-line.ts'

/** What a seat is made of. */
export interface NatsSeatParts {
  readonly line: NatsLine
  readonly puller: BodyPuller
  readonly clock: Clock
  readonly address: string
  /** What is sent to the address. */
  readonly subject: string
  /** Nobody else's. */
  readonly id: string
  readonly answer: RouterAnswer
  readonly maxBodyBytes: number
  /** The largest answer that goes in one message. */
  readonly inlineBytes: () => number
  /** Requests under way at once. */
  readonly maxUnderWay: number
  readonly onLeft: () => void
}

/** How long who has an address is waited for, where somebody listens, milliseconds. */
const holderMs = 2_000
/** How long others that want the address are waited for, milliseconds. */
const rivalMs = 100

type Phase = 'claiming' | 'seated' | 'leaving' | 'left'

/** Made by `join`, then `claim`ed, then left. */
export class NatsSeat implements RouterSeat {
  readonly #parts: NatsSeatParts
  /** By the inbox of who sent them. */
  readonly #underWay = new Map<string, { readonly over: AbortController; readonly done: Promise<void> }>()
  /** By sender: the end of the last hand-over. */
  readonly #handed = new Map<string, Promise<void>>()
  readonly #outbid = new AbortController()
  /** What came before the address was this seat's, and may be somebody else's to answer. */
  readonly #early = new Map<string, () => void>()
  readonly #gone = new AbortController()
  #subscription: Subscription | undefined
  #phase: Phase = 'claiming'
  #leaving: Promise<void> | undefined

  constructor(parts: NatsSeatParts) {
    this.#parts = parts
  }

  /**
   * Takes the address, unless somebody has it. First nobody may listen there; then, of those that have begun to at the same
   * time, the one with the smallest id stays. @throws RouterError
   */
  async claim(): Promise<void> {
    const { line, subject, address, onLeft } = this.#parts
    try {
      if ((await this.#isTaken(holderMs)) && this.#phase === 'claiming') throw taken(address)
      this.#subscription = await line.subscribe(subject, (message) => this.#onMessage(message))
      const isTaken = await this.#isTaken(rivalMs)
      // What others had sent by the end of the wait is here by the end of these.
      await line.flush()
      await line.flush()
      if (this.#phase !== 'claiming') throw new RouterError('router_closed', 'the router is closed')
      if (isTaken || this.#outbid.signal.aborted) throw taken(address)
      if (line.trouble !== undefined) throw line.trouble
      this.#phase = 'seated'
      for (const take of this.#early.values()) take()
      this.#early.clear()
    } catch (error) {
      this.#phase = 'left'
      this.#subscription?.unsubscribe()
      onLeft()
      throw error
    }
  }

  leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  /** Goes at once. Whoever waits for an answer from here is told that none comes. */
  giveUp(): void {
    if (this.#phase === 'left') return
    this.#phase = 'left'
    this.#subscription?.unsubscribe()
    for (const [inbox, { over }] of this.#underWay) {
      this.#parts.line.publish(inbox, { kind: 'failed', reason: 'whoever has it has closed its router' })
      over.abort()
    }
    this.#outbid.abort()
    this.#gone.abort()
    this.#parts.onLeft()
  }

  async #leave(): Promise<void> {
    if (this.#phase === 'left') return
    this.#phase = 'leaving'
    const given = new Promise((resolve) => {
      this.#gone.signal.addEventListener('abort', resolve)
    })
    // It listens until then, to hear of requests that are over; new ones are declined.
    const answered = Promise.all([...this.#underWay.values()].map(({ done }) => done))
    await Promise.race([answered, given])
    // What the server has sent until it knows is declined too.
    await Promise.race([this.#subscription?.drain().catch(() => {}), given])
    this.giveUp()
  }

  /** Whether somebody says that the address is theirs. Silence for so long means that nobody does. */
  #isTaken(patienceMs: number): Promise<boolean> {
    const { line, clock, subject, id } = this.#parts
    return new Promise((resolve) => {
      const end = (isTaken: boolean): void => {
        inbox.close()
        clock.clearTimeout(timer)
        this.#outbid.signal.removeEventListener('abort', outbid)
        resolve(isTaken)
      }
      const outbid = (): void => end(true)
      const inbox = line.openInbox({
        onFrame: ({ kind }) => {
          if (kind === 'taken') end(true)
        },
        onNobody: () => end(false),
        onLost: () => end(false),
      })
      const timer = clock.setTimeout(() => end(false), patienceMs, { unref: true })
      this.#outbid.signal.addEventListener('abort', outbid)
      if (!line.publish(subject, { kind: 'claim', by: id }, undefined, inbox)) end(false)
    })
  }

  #onMessage({ data, reply = '' }: Msg): void {
    const read = decodeFrame(data)
    if (read === undefined) return
    const frame = read.frame as SeatFrame
    switch (frame.kind) {
      case 'claim':
        return this.#onClaim(frame.by, reply)
      case 'over':
        this.#early.delete(frame.inbox)
        return this.#underWay.get(frame.inbox)?.over.abort()
      case 'ask':
        return this.#take(frame, reply, async () => read.carried.toString())
      case 'offer': {
        const { puller } = this.#parts
        return this.#take(frame, reply, (signal) => puller.pull(reply, frame.size, signal))
      }
    }
  }

  #onClaim(by: string, reply: string): void {
    const { line, id } = this.#parts
    if (by === id || this.#phase === 'left') return
    if (this.#phase === 'claiming' && by < id) this.#outbid.abort()
    else line.publish(reply, { kind: 'taken' })
  }

  #take(
    frame: SeatFrame & { readonly kind: 'ask' | 'offer' },
    inbox: string,
    bodyOf: (signal: AbortSignal) => Promise<string | undefined>,
  ): void {
    const { line, maxUnderWay, maxBodyBytes } = this.#parts
    const decline = (reason: string): void => void line.publish(inbox, { kind: 'declined', reason })
    if (this.#phase === 'claiming') {
      // Silence, and no refusal: of several that want the address, one will answer.
      if (this.#early.size < maxUnderWay) this.#early.set(inbox, () => this.#take(frame, inbox, bodyOf))
      return
    }
    if (this.#phase !== 'seated') return decline('whoever had the address is leaving')
    if (this.#underWay.size >= maxUnderWay)
      return decline(`${maxUnderWay} requests are under way there already`)
    if (frame.kind === 'offer' && frame.size > maxBodyBytes)
      return decline(`it is over ${maxBodyBytes} bytes`)
    const over = new AbortController()
    const done = this.#answer(frame, inbox, over, bodyOf).finally(() => this.#underWay.delete(inbox))
    this.#underWay.set(inbox, { over, done })
  }

  /** Never rejects. */
  async #answer(
    { id, ms }: SeatFrame & { readonly kind: 'ask' | 'offer' },
    inbox: string,
    over: AbortController,
    bodyOf: (signal: AbortSignal) => Promise<string | undefined>,
  ): Promise<void> {
    const { line, clock, answer, maxBodyBytes, inlineBytes } = this.#parts
    const { signal } = over
    const fail = (reason: string): void => void line.publish(inbox, { kind: 'failed', reason })
    const timer = clock.setTimeout(() => over.abort(), ms, { unref: true })
    try {
      const handed = await this.#handOver(routerOf(inbox), async (before) => {
        const body = await bodyOf(signal)
        await before
        return body === undefined || signal.aborted ? undefined : { answer: answer({ id, body }, { signal }) }
      })
      if (handed === undefined) return
      const answered = Buffer.from(await handed.answer)
      if (signal.aborted) return
      if (answered.length > maxBodyBytes) return fail(`the answer is over ${maxBodyBytes} bytes`)
      if (answered.length > inlineBytes()) await this.#hold(answered, inbox, signal)
      else line.publish(inbox, { kind: 'answer' }, answered)
    } catch (error) {
      fail(`whoever has it failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1_000))
    } finally {
      clock.clearTimeout(timer)
    }
  }

  /** What comes from one sender is handed over in its order: a request whose body is still pulled is not overtaken. */
  async #handOver<Handed>(
    sender: string,
    hand: (before: Promise<void> | undefined) => Promise<Handed>,
  ): Promise<Handed> {
    const handing = hand(this.#handed.get(sender))
    const ended = handing.then(
      () => {},
      () => {},
    )
    this.#handed.set(sender, ended)
    try {
      return await handing
    } finally {
      if (this.#handed.get(sender) === ended) this.#handed.delete(sender)
    }
  }

  #hold(answered: Uint8Array, inbox: string, signal: AbortSignal): Promise<void> {
    const { line } = this.#parts
    return new Promise((resolve) => {
      const end = (): void => {
        held.close()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const held = holdOut(line, answered, end)
      signal.addEventListener('abort', end)
      if (!line.publish(inbox, { kind: 'held', size: answered.length }, undefined, held)) end()
    })
  }
}

function taken(address: string): RouterError {
  return new RouterError('address_taken', `somebody has a seat under ${address}`, { details: { address } })
}
