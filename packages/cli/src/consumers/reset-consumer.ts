// `perdure consumers reset` and `resume`: what lets a consumer go on.
import { suggestName, systemClock } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { withStorage } from '../inspect/with-storage.ts'
import type { ResetConsumerOptions } from './consumer-options.ts'

/** Has a consumer go on from where it is told to, or from its checkpoint. @throws CliError `consumer_not_found` */
export function runResetConsumer(io: CliIo, name: string, options: ResetConsumerOptions): Promise<ExitCode> {
  return withStorage(io, options, async (storage) => {
    const to = await positionOf(storage, options.to)
    const now = (io.clock ?? systemClock).now()
    if (!(await storage.resetConsumer(name, { now, ...(to !== undefined && { to }) })))
      throw await notFound(storage, name)
    const consumer = (await storage.listConsumers()).find((each) => each.name === name)
    io.stdout.write(
      `${name} goes on behind position ${consumer?.position}, ${consumer?.lag} behind the head\n`,
    )
    return 0
  })
}

async function positionOf(storage: Storage, to: ResetConsumerOptions['to']): Promise<bigint | undefined> {
  if (to === 'start') return 0n
  return to === 'head' ? (await storage.readLog({ after: 0n, limit: 0 })).head : to
}

async function notFound(storage: Storage, name: string): Promise<CliError> {
  const names = (await storage.listConsumers()).map((each) => each.name)
  const suggestion = suggestName(name, names)
  return new CliError('consumer_not_found', `there is no consumer "${name}"`, {
    exitCode: 1,
    hint:
      suggestion === undefined
        ? "'perdure consumers list' shows those there are"
        : `did you mean "${suggestion}"?`,
  })
}
