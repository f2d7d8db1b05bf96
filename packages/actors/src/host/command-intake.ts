// The way of a command into its entity: checked, admitted, handed to the entity's process, answered. Used by the host and
// by its references; it decides nothing.
import { commandName, formatEntityKey, noTelemetry } from '@perdure/core'
import type { Command, EntityKey, Limits, Logger, Telemetry } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import { AcknowledgedCommandLost } from '../errors/host-errors.ts'
import type { CommandOutcome, CommandRequest } from '../entity/command-request.ts'
import { estimateCommandBytes } from '../entity/estimate-bytes.ts'
import { makeCommand } from '../entity/make-command.ts'
import type { Asked } from '../entity/make-command.ts'
import type { Inspectors } from '../observe/inspection.ts'
import { instruments } from '../observe/instruments.ts'
import type { CycleCounters } from '../persistence/cycle-counters.ts'
import type { Troubles } from '../persistence/troubles.ts'
import type { Admission, Ticket } from './admission.ts'
import type { AskOptions, Durability, TryAskResult } from './ask-options.ts'
import type { HostLife } from './host-life.ts'
import type { Ownership } from '../ownership/ownership.ts'
import type { Registry } from './registry.ts'
import type { TenantLimits } from './tenant-limits.ts'
import { viewState } from './state-view.ts'

const noOptions: AskOptions = {}

/** What commands pass on their way. */
export interface CommandIntakeOptions {
  readonly life: HostLife
  readonly registry: Registry
  readonly admission: Admission
  /** For commands that may be another host's; they are not admitted before it is known that they are not. */
  readonly forwarding: Admission
  readonly ownership: Ownership | undefined
  readonly limits: Limits
  /** Absent where tenants have none. */
  readonly limitsOf?: ((tenant: string) => TenantLimits) | undefined
  readonly inspectors: Inspectors
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly troubles: Troubles
  readonly counters: CycleCounters
  /** Of commands that do not say. */
  readonly durability: Durability
}

/** Takes commands for the entities of one host. */
export class CommandIntake {
  readonly #life: HostLife
  readonly #registry: Registry
  readonly #admission: Admission
  readonly #forwarding: Admission
  readonly #ownership: Ownership | undefined
  readonly #limits: Limits
  readonly #limitsOf: CommandIntakeOptions['limitsOf']
  readonly #inspectors: Inspectors
  readonly #logger: Logger
  readonly #telemetry: Telemetry
  readonly #troubles: Troubles
  readonly #counters: CycleCounters
  readonly #durability: Durability

  constructor(options: CommandIntakeOptions) {
    this.#life = options.life
    this.#registry = options.registry
    this.#admission = options.admission
    this.#forwarding = options.forwarding
    this.#ownership = options.ownership
    this.#limits = options.limits
    this.#limitsOf = options.limitsOf
    this.#inspectors = options.inspectors
    this.#logger = options.logger
    this.#telemetry = options.telemetry
    this.#troubles = options.troubles
    this.#counters = options.counters
    this.#durability = options.durability
  }

  /** Not async, nor is what it calls where there is room: a command costs one promise here instead of three. */
  tryAsk(entity: EntityKey, asked: Asked, options: AskOptions = noOptions): Promise<TryAskResult> {
    return this.#ask(entity, asked, options, (command) => this.#goItsWay(entity, command, options))
  }

  /** As `tryAsk`, for a command that another host has sent: whoever owns the entity, it is decided here. */
  tryAskHere(entity: EntityKey, asked: Asked, options: AskOptions): Promise<TryAskResult> {
    return this.#ask(entity, asked, options, (command) => this.#admit(entity, command, options))
  }

  #ask(
    entity: EntityKey,
    asked: Asked,
    options: AskOptions,
    carryOut: (command: Command) => Promise<TryAskResult>,
  ): Promise<TryAskResult> {
    const { signal } = options
    try {
      signal?.throwIfAborted()
      this.#life.refuseWhenStopping(entity)
      this.#registry.model(entity.type)
      const command = makeCommand(entity, asked, options, this.#limits)
      return this.#isObserved ? this.#observed(entity, command, carryOut) : carryOut(command)
    } catch (error) {
      return failedAsk(error, signal)
    }
  }

  /** Asked once a command: whoever listens pays for it, nobody else. */
  get #isObserved(): boolean {
    return this.#inspectors.isWatched || this.#telemetry !== noTelemetry
  }

  async #observed(
    entity: EntityKey,
    command: Command,
    carryOut: (command: Command) => Promise<TryAskResult>,
  ): Promise<TryAskResult> {
    const model = this.#registry.model(entity.type)
    this.#inspectors.asked(model, entity, command)
    const operation = this.#telemetry.start(instruments.ask.name, {
      'perdure.type': entity.type,
      'perdure.action': commandName(command),
    })
    try {
      const result = await carryOut(command)
      operation.end(result.ok ? {} : { error: result.error.code })
      this.#inspectors.answered(model, entity, command, result)
      return result
    } catch (error) {
      operation.end({ error: 'aborted' })
      throw error
    }
  }

  #goItsWay(entity: EntityKey, command: Command, options: AskOptions): Promise<TryAskResult> {
    const ownership = this.#ownership
    if (ownership === undefined || ownership.isHere(entity, command))
      return this.#admit(entity, command, options)
    const { signal } = options
    const found = this.#findWay(ownership, entity, command, options).catch((error: unknown) =>
      failedAsk(error, signal),
    )
    return signal === undefined ? found : unlessAborted(found, signal)
  }

  async #findWay(
    ownership: Ownership,
    entity: EntityKey,
    command: Command,
    options: AskOptions,
  ): Promise<TryAskResult> {
    const { tenant } = entity
    const asker = { tenant, bytes: estimateCommandBytes(command), limits: this.#limitsOf?.(tenant) }
    const ticket = await this.#forwarding.goIn(asker, options.signal)
    const way = await ownership.find(entity, command, options).finally(() => this.#forwarding.leave(ticket))
    if (way.kind === 'answered') return way.result
    if (options.signal?.aborted === true) way.next()
    options.signal?.throwIfAborted()
    const admitted = this.#admit(entity, way.command, options)
    way.next()
    const result = await admitted
    return way.mayBeDone ? ownership.tellHonestly(entity, result) : result
  }

  #admit(entity: EntityKey, command: Command, options: AskOptions): Promise<TryAskResult> {
    const bytes = estimateCommandBytes(command)
    const { tenant } = entity
    let limits: TenantLimits | undefined
    try {
      limits = this.#limitsOf?.(tenant)
    } catch (error) {
      return failedAsk(error, options.signal)
    }
    const ticket = this.#admission.enter(tenant, bytes, limits)
    if (ticket !== undefined) return this.#submit(entity, command, ticket, options)
    const error = this.#admission.refusal(tenant, bytes, limits)
    if (error !== undefined) return Promise.resolve({ ok: false, error })
    const { signal } = options
    return new Promise((resolve, reject) => {
      const goIn = (admitted: Ticket): void => resolve(this.#goIn(entity, command, admitted, options))
      this.#admission.lineUp({ tenant, bytes, limits }, signal, goIn, reject)
    })
  }

  /** There is room at last. Who finds the host stopping gives the place back. */
  #goIn(entity: EntityKey, command: Command, ticket: Ticket, options: AskOptions): Promise<TryAskResult> {
    try {
      this.#life.refuseWhenStopping(entity)
      return this.#submit(entity, command, ticket, options)
    } catch (error) {
      this.#admission.leave(ticket)
      return failedAsk(error, options.signal)
    }
  }

  /** As `tryAsk`; whatever is not carried out is logged. */
  async tell(entity: EntityKey, asked: Asked, options?: AskOptions): Promise<void> {
    try {
      const result = await this.tryAsk(entity, asked, options)
      if (result.ok) return
      const { code, message } = result.error
      this.#logger.warn({ code, entity: formatEntityKey(entity) }, message)
    } catch {
      // Only a signal brings it here: the teller has lost interest.
    }
  }

  /** Hands the command to the process, not through the actor's mailbox: that is emptied when the actor ends. */
  #submit(
    entity: EntityKey,
    command: Command,
    ticket: Ticket,
    { signal, durability = this.#durability }: AskOptions,
  ): Promise<TryAskResult> {
    const resident = this.#registry.activate(entity)
    const { process } = resident
    return new Promise((resolve, reject) => {
      const giveUp =
        signal &&
        ((): void => {
          if (process.withdraw(request)) this.#admission.leave(ticket)
          reject(signal.reason as Error)
        })
      const answer = (outcome: CommandOutcome): void => {
        if (giveUp !== undefined) signal?.removeEventListener('abort', giveUp)
        resolve(outcome.ok ? { ok: true, event: outcome.event, state: viewState(outcome.state) } : outcome)
      }
      const settle = (outcome: CommandOutcome): void => {
        this.#admission.leave(ticket)
        answer(outcome)
      }
      if (giveUp !== undefined) signal?.addEventListener('abort', giveUp, { once: true })
      resident.noteAsked(command)
      const { bytes } = ticket.value
      const plain: CommandRequest = { command, bytes, settle, attempts: 0 }
      const request = durability === 'committed' ? plain : this.#impatient(entity, plain, answer)
      process.submit(request)
    })
  }

  /** A command whose asker hears as soon as it is decided. Should it then not be stored, that is reported. */
  #impatient(
    entity: EntityKey,
    request: CommandRequest,
    answer: (outcome: CommandOutcome) => void,
  ): CommandRequest {
    let isAcknowledged = false
    return {
      ...request,
      acknowledge: (outcome) => {
        isAcknowledged = true
        answer(outcome)
      },
      settle: (outcome) => {
        request.settle(outcome)
        if (!isAcknowledged || outcome.ok) return
        this.#counters.acknowledgedLost++
        const what = commandName(request.command)
        this.#troubles.report(new AcknowledgedCommandLost(formatEntityKey(entity), what, outcome.error))
      },
    }
  }
}

/** Who gives up hears so at once, wherever his command is on its way. */
function unlessAborted<Result>(asked: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', giveUp, { once: true })
    void asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

/** What an asker hears of an error; whoever gave up hears his own reason, thrown. */
function failedAsk(error: unknown, signal: AbortSignal | undefined): Promise<TryAskResult> {
  if (signal?.aborted === true && error === signal.reason) return Promise.reject(error as Error)
  return Promise.resolve({ ok: false, error: asPerdureError(error) })
}
