// A seat: claims the requests of one address through its router and answers them.
import type { Clock, RouterAnswer } from '@perdure/core'
import type { ClaimedRow } from './router-statements.ts'

/** Answers requests of one address; which ones, its router says. */
export class Seat {
  readonly address: string
  readonly #answer: RouterAnswer
  readonly #clock: Clock
  readonly #underWay = new Map<string, { readonly over: AbortController; readonly working: Promise<void> }>()

  constructor(address: string, answer: RouterAnswer, clock: Clock) {
    this.address = address
    this.#answer = answer
    this.#clock = clock
  }

  /** Answers a request. @param store - takes the answer, or null when there is none; never rejects */
  take({ id, body, leftMs }: ClaimedRow, store: (answer: string | null) => Promise<void>): Promise<void> {
    const over = new AbortController()
    const timer = this.#clock.setTimeout(() => over.abort(), Number(leftMs), { unref: true })
    const work = async (): Promise<void> => {
      let answer: string | null = null
      try {
        answer = await this.#answer({ id, body }, { signal: over.signal })
      } catch {
        // Whoever waits is told that there will be no answer; what went wrong is for the answerer to report.
      }
      this.#clock.clearTimeout(timer)
      await store(answer)
    }
    const working = work()
    this.#underWay.set(id, { over, working })
    return working.finally(() => this.#underWay.delete(id))
  }

  /** Nobody waits for the answer to a request any more. */
  end(id: string): void {
    this.#underWay.get(id)?.over.abort()
  }

  /** Nor for any. */
  endAll(): void {
    for (const { over } of this.#underWay.values()) over.abort()
  }

  async whenQuiet(): Promise<void> {
    await Promise.allSettled([...this.#underWay.values()].map(({ working }) => working))
  }
}
