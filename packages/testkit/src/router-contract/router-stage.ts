// What the cases of the router contract play on: routers, seats that keep a record of what they were handed, and requests
// whose results are held against that record. Whatever a case is about, `undelivered` must have been the truth.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type {
  Router,
  RouterAnswer,
  RouterRequest,
  RouterResult,
  RouterSeat,
  SendOptions,
} from '@perdure/core'
import type { RouterSubject, RouterSubjectOptions } from './router-case.ts'

/** A request that a seat was handed. */
export interface Handed extends RouterRequest {
  readonly address: string
  /** Of the `AnswerContext`. */
  readonly signal: AbortSignal
}

/** Routers and the record of what went over them. */
export class RouterStage {
  readonly outage: RouterSubject['outage']
  /** In the order in which seats were handed them. */
  readonly handed: Handed[] = []
  readonly #subject: RouterSubject
  readonly #patienceMs: number
  readonly #routers: Router[] = []
  readonly #sent = new Map<string, RouterRequest>()
  readonly #undelivered: string[] = []

  constructor(subject: RouterSubject, patienceMs: number) {
    this.#subject = subject
    this.#patienceMs = patienceMs
    this.outage = subject.outage
  }

  /** A router, closed at the end of the case. */
  async open(options?: RouterSubjectOptions): Promise<Router> {
    const router = await this.#subject.open(options)
    this.#routers.push(router)
    return router
  }

  /** Two of them. */
  async pair(options?: RouterSubjectOptions): Promise<[Router, Router]> {
    return [await this.open(options), await this.open(options)]
  }

  /** A seat that is recorded. @param answer - @defaultValue says the address and the body */
  seat(router: Router, address: string, answer?: RouterAnswer): Promise<RouterSeat> {
    return router.join(address, (request, context) => {
      this.handed.push({ ...request, address, signal: context.signal })
      return answer === undefined ? Promise.resolve(echoOf(address, request.body)) : answer(request, context)
    })
  }

  /** Sends a request of its own id; its time is over long after the case's patience unless said otherwise. */
  send(
    router: Router,
    address: string,
    body: string = '',
    options: Partial<SendOptions> = {},
  ): Promise<RouterResult> {
    const sent = this.#send(router, address, body, { timeoutMs: this.#patienceMs * 6, ...options })
    // A case that has failed looks at no more of them.
    sent.catch(() => {})
    return sent
  }

  /** Requests that a seat was handed, each counted once: a router may hand one over more than once. */
  get handedCount(): number {
    return new Set(this.handed.map(({ id }) => id)).size
  }

  /** Waits until so many requests have been handed over. */
  async untilHanded(count: number): Promise<void> {
    await this.eventually(() => this.handedCount >= count, `${count} requests handed over`)
  }

  /** What must come to an end by itself. */
  async within<Value>(work: Promise<Value>, what: string): Promise<Value> {
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_, reject) => {
      const message = `${what}: still not after ${this.#patienceMs} ms`
      timer = setTimeout(() => reject(new assert.AssertionError({ message })), this.#patienceMs)
    })
    try {
      return await Promise.race([work, tooLate])
    } finally {
      clearTimeout(timer)
    }
  }

  /** What must become true by itself. */
  async eventually(isSo: () => boolean, what: string): Promise<void> {
    const over = new AbortController()
    const becomes = async (): Promise<void> => {
      while (!over.signal.aborted && !isSo()) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await this.within(becomes(), what).finally(() => over.abort())
  }

  /** Long enough for what went wrong to have arrived: a request there and back. */
  async roundTrip(): Promise<void> {
    const [left, right] = await this.pair()
    const address = randomUUID()
    await right.join(address, async () => '')
    const request = { id: randomUUID(), body: '' }
    await left.send(address, request, { timeoutMs: this.#patienceMs })
    await Promise.all([left.close(), right.close()])
  }

  /** Closes every router, and holds what was said of requests against what seats were handed. */
  async end(): Promise<void> {
    await this.within(Promise.all(this.#routers.map((router) => router.close())), 'closing the routers')
    for (const { id, body } of this.handed) {
      const sent = this.#sent.get(id)
      assert.ok(sent, `a request was handed over that nobody sent: ${id}`)
      assert.ok(
        body === sent.body,
        `the request ${id} was changed on its way: ${differenceOf(body, sent.body)}`,
      )
    }
    const seen = new Set(this.handed.map(({ id }) => id))
    for (const id of this.#undelivered)
      assert.ok(!seen.has(id), `the request ${id} was said to be undelivered, but a seat was handed it`)
  }

  /** Closes what is left, when the case has failed already. */
  async clear(): Promise<void> {
    const closing = Promise.allSettled(this.#routers.map((router) => router.close()))
    await this.within(closing, 'closing the routers').catch(() => {})
    await this.#subject.close()
  }

  async #send(router: Router, address: string, body: string, options: SendOptions): Promise<RouterResult> {
    const id = randomUUID()
    this.#sent.set(id, { id, body })
    const result = await router.send(address, { id, body }, options)
    if (result.kind === 'undelivered') this.#undelivered.push(id)
    if (result.kind !== 'answered')
      assert.ok(result.reason.length > 0, `${result.kind} without a reason says nothing to anybody`)
    return result
  }
}

/** What a seat answers that was given no other answer. */
export function echoOf(address: string, body: string): string {
  return `${address}: ${body}`
}

/** Fails unless a request was answered so. */
export function answered(result: RouterResult, body: string): void {
  assert.ok(result.kind === 'answered', `it should be answered, but is ${tell(result)}`)
  assert.ok(result.body === body, `the answer was changed on its way: ${differenceOf(result.body, body)}`)
}

/** Fails unless that is what became of a request. */
export function became(result: RouterResult, kind: RouterResult['kind'], what: string): void {
  assert.ok(result.kind === kind, `${what} should be ${kind}, but is ${tell(result)}`)
}

/** Fails unless the promise rejects with this code. */
export async function rejectsWith(work: Promise<unknown>, code: string, what: string): Promise<void> {
  const error: unknown = await work.then(
    () => assert.fail(`${what} should reject with '${code}', but it resolves`),
    (reason: unknown) => reason,
  )
  if (error instanceof assert.AssertionError) throw error
  assert.equal((error as { code?: unknown } | undefined)?.code, code, `${what}: ${String(error)}`)
}

/** An answer that waits until it is let go. */
export function heldBack(): { readonly answer: RouterAnswer; readonly release: (body: string) => void } {
  let release = (_body: string): void => {}
  const released = new Promise<string>((resolve) => (release = resolve))
  return { answer: () => released, release: (body) => release(body) }
}

/** An answer that never comes. */
export const never: RouterAnswer = () => new Promise(() => {})

function tell(result: RouterResult): string {
  return result.kind === 'answered' ? 'answered' : `${result.kind} (${result.reason})`
}

function differenceOf(actual: string, expected: string): string {
  const length = Math.min(actual.length, expected.length)
  let at = 0
  while (at < length && actual[at] === expected[at]) at++
  const show = (text: string): string => JSON.stringify(text.slice(at, at + 20))
  return `of ${actual.length} characters instead of ${expected.length}; from ${at} on ${show(actual)} instead of ${show(expected)}`
}
