// Answers what other hosts send: a command is carried out here as if it had been asked here, and a request that is handed over
// twice gets one answer.
import { decodeRoutedCommand, encodeRoutedReply, routeError } from '@perdure/core'
import type {
  AnswerContext,
  Clock,
  EntityKey,
  PerdureError,
  RoutedCommand,
  RoutedReply,
  RouterRequest,
} from '@perdure/core'
import type { Asked } from '../entity/make-command.ts'
import type { AskOptions, TryAskResult } from '../host/ask-options.ts'
import { AgingMap } from '../queue/aging-map.ts'
import type { OwnershipCounters } from './ownership-counters.ts'
import { plainState } from './plain-state.ts'

/** What an answerer needs. */
export interface AnswererOptions {
  readonly clock: Clock
  readonly counters: OwnershipCounters
  /** How long an answer is kept for a request that comes again, milliseconds. */
  readonly keepMs: number
  /** Why commands for this entity, or any, are not carried out here. */
  readonly whyNot: (entity: EntityKey) => string | undefined
  /** Carries a command out on this host. */
  readonly askHere: (entity: EntityKey, asked: Asked, options: AskOptions) => Promise<TryAskResult>
}

/** Answers that are kept at once; of more, the oldest are forgotten: then the idempotency key alone says what was done. */
const maxKept = 20_000

/** Codes that say no more than that this host cannot know, or cannot do it just now. */
const unknowable: ReadonlySet<string> = new Set(['host_stopped', 'outcome_unknown', 'storage_closed'])

/** Answers routed commands. */
export class Answerer {
  readonly #options: AnswererOptions
  readonly #answers = new AgingMap<string, { readonly answer: Promise<string>; readonly until: number }>()

  constructor(options: AnswererOptions) {
    this.#options = options
  }

  /** A `RouterAnswer`; never rejects. */
  answer(request: RouterRequest, context: AnswerContext): Promise<string> {
    const known = this.#answers.get(request.id)
    if (known !== undefined) return known.answer
    const answer = this.#carryOut(request, context).then(encodeRoutedReply)
    this.#keep(request.id, answer)
    return answer
  }

  async #carryOut({ body }: RouterRequest, { signal }: AnswerContext): Promise<RoutedReply> {
    const routed = decodeRoutedCommand(body)
    if (routed === undefined) return this.#decline('it is no command that this version can read')
    const reason = this.#options.whyNot(routed.entity)
    if (reason !== undefined) return this.#decline(reason)
    // Begun too late is begun by two: whoever sent it may have turned to another by now.
    if (signal.aborted) return this.#decline('its time is over')
    try {
      const result = await this.#ask(routed, signal)
      this.#options.counters.answered++
      if (result.ok) return { kind: 'done', event: result.event, state: plainState(result.state) }
      return replyOf(result.error)
    } catch {
      return { kind: 'unknown', reason: 'its time ran out' }
    }
  }

  #ask({ entity, command, durability }: RoutedCommand, signal: AbortSignal): Promise<TryAskResult> {
    const { meta, ...asked } = command
    return this.#options.askHere(entity, asked, { ...meta, durability, signal })
  }

  #decline(reason: string): RoutedReply {
    this.#options.counters.declined++
    return { kind: 'declined', reason }
  }

  #keep(id: string, answer: Promise<string>): void {
    const { clock, keepMs } = this.#options
    const now = clock.now()
    for (let { oldest } = this.#answers; oldest !== undefined; { oldest } = this.#answers) {
      if (oldest[1].until > now && this.#answers.size < maxKept) break
      this.#answers.delete(oldest[0])
    }
    this.#answers.set(id, { answer, until: now + keepMs })
  }
}

function replyOf(error: PerdureError): RoutedReply {
  if (unknowable.has(error.code)) return { kind: 'unknown', reason: error.message }
  return { kind: 'failed', error: routeError(error) }
}
