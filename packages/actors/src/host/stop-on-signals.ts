// Ends a process as a service should end: asked to, it takes no more commands, stores those it accepted, and leaves with
// an exit code that tells whether that worked. For a program's own main file; a host never touches signals by itself.
import { silentLogger } from '@perdure/core'
import type { Logger } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import type { StopOptions } from './host-options.ts'

/** How a process ends. */
export interface SignalOptions extends Pick<StopOptions, 'deadlineMs'> {
  /** @defaultValue ['SIGTERM', 'SIGINT'] */
  readonly signals?: readonly NodeJS.Signals[]
  readonly logger?: Logger
  /** Whatever else is to be ended before the host, such as a server that takes requests. */
  readonly before?: () => void | Promise<void>
}

const numbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/**
 * Stops the host on the first signal and ends the process: with exit code 0 if every accepted command was settled and
 * nothing failed, else with 1. A second signal ends it at once, with 128 and the signal's number.
 * @returns takes the handlers away again
 */
export function stopOnSignals(
  host: { stop(options: StopOptions): Promise<void> },
  options: SignalOptions = {},
): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], logger = silentLogger, before, ...stopOptions } = options
  let isStopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(128 + (numbers[signal] ?? 0))
    isStopping = true
    logger.info({ signal }, 'stopping; a second signal ends the process at once')
    void end(host, stopOptions, before, logger).then((code) => process.exit(code))
  }
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

/** @returns the exit code; never rejects */
async function end(
  host: { stop(options: StopOptions): Promise<void> },
  options: StopOptions,
  before: SignalOptions['before'],
  logger: Logger,
): Promise<number> {
  let code = 0
  const report = (error: unknown): void => {
    const { code: cause, message } = asPerdureError(error)
    logger.error({ code: cause, error }, message)
    code = 1
  }
  try {
    await before?.()
  } catch (error) {
    report(error)
  }
  try {
    await host.stop({
      ...options,
      onDeadline: () => {
        code = 1
        logger.error({}, 'commands that could not be stored before the deadline are rejected')
      },
    })
  } catch (error) {
    report(error)
  }
  return code
}
