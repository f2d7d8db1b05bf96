import { nameProblem } from '../entity/check-name.ts'
import { PerdureError } from '../errors/perdure-error.ts'
import { defaultLimits } from '../json/limits.ts'
import { systemClock } from '../ports/clock.ts'
import { silentLogger } from '../ports/logger.ts'
import { noTelemetry } from '../ports/telemetry.ts'
import { systemRandom } from '../ports/random.ts'
import type { Random } from '../ports/random.ts'
import type { ConsumeOptions, Consumer } from './consumer-options.ts'
import { ConsumerLoop } from './consumer-loop.ts'
import type { ConsumerStore } from './consumer-shift.ts'
import { defaultLogLimit } from '../storage/log.ts'
import { defaultPollIntervalMs } from './subscribe.ts'

/**
 * Starts a named consumer on any storage, with or without a host. It works in the background until it is stopped or the
 * storage is closed. Nothing that goes wrong ends it: failures are noted where `listConsumers` shows them, and tried again
 * until the consumer is blocked.
 * @throws PerdureError `invalid_option`
 */
export function consume(storage: ConsumerStore, options: ConsumeOptions): Consumer {
  const { batch = defaultLogLimit, leaseMs = 15_000, pollIntervalMs = defaultPollIntervalMs } = options
  const { baseMs = 500, capMs = 60_000, maxAttempts = 10 } = options.retry ?? {}
  const {
    clock = systemClock,
    random = systemRandom,
    logger = silentLogger,
    telemetry = noTelemetry,
  } = options
  const { owner = draw(random), signal } = options
  check(options, { batch, leaseMs, pollIntervalMs, baseMs, capMs, maxAttempts })
  const loop = new ConsumerLoop(storage, {
    ...options,
    batch,
    leaseMs,
    pollIntervalMs,
    retry: { baseMs, capMs, maxAttempts },
    clock,
    random,
    logger,
    telemetry,
    owner,
  })
  const finished = loop.run()
  const stop = (): Promise<void> => {
    loop.stop()
    return finished
  }
  if (signal?.aborted === true) loop.stop()
  signal?.addEventListener('abort', () => loop.stop(), { once: true })
  return { name: options.name, status: () => loop.status(), stop, [Symbol.asyncDispose]: stop }
}

function draw(random: Random): string {
  const part = (): string => Math.floor(random.next() * 2 ** 52).toString(36)
  return `${part()}-${part()}`
}

function check({ name, from }: ConsumeOptions, counts: Readonly<Record<string, number>>): void {
  const problem = nameProblem(name, defaultLimits.maxIdBytes)
  if (problem !== undefined) throw invalid('name', `the name of a consumer ${problem}`)
  if (typeof from === 'bigint' && from < 0n)
    throw invalid('from', 'a consumer starts behind position 0 or later')
  for (const [option, value] of Object.entries(counts))
    if (!Number.isSafeInteger(value) || value < 1)
      throw invalid(option, `${option} must be a whole number of at least 1, and was ${value}`)
}

function invalid(option: string, message: string): PerdureError {
  return new PerdureError('invalid_option', message, { details: { option } })
}
