// Asks a host for one command of a run, and sorts what comes back into the four things it can mean.
import type { AskResult, Host } from '@perdure/actors'
import { isPerdureError } from '@perdure/core'
import type { EntityEvent, EntityState } from '@perdure/core'
import { hostileValue } from '../arbitraries/hostile-value.ts'
import type { RunCommand } from '../arbitraries/run-step.ts'

/** What became of a command. */
export type CommandOutcome =
  /** It happened. A creation answers with no event. */
  | { readonly kind: 'acked'; readonly event?: EntityEvent; readonly state?: EntityState }
  /** It did not, and will not. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Nobody can say without looking. */
  | { readonly kind: 'unknown'; readonly code: string }
  /** The answer is none that an asker may ever get. */
  | { readonly kind: 'broken'; readonly error: unknown }

/** Errors after which the command may have been carried out or not. */
const uncertain: ReadonlySet<string> = new Set(['unavailable', 'host_stopped'])

/** Errors that are no answer: a bug, or damage that was not planned. */
const unanswers: ReadonlySet<string> = new Set([
  'internal',
  'corrupt_stream',
  'storage_failed',
  'property_failed',
])

/** Asks; never throws. @param commandId - the correlation id of what comes of it */
export async function performCommand(
  host: Host,
  entity: { readonly tenant: string; readonly type: string; readonly id: string },
  command: RunCommand,
  commandId: string,
): Promise<CommandOutcome> {
  try {
    const result = await ask(host, entity, command, commandId)
    return result === undefined
      ? { kind: 'acked' }
      : { kind: 'acked', event: result.event, state: result.state as unknown as EntityState }
  } catch (error) {
    if (!isPerdureError(error) || unanswers.has(error.code)) return { kind: 'broken', error }
    return { kind: uncertain.has(error.code) ? 'unknown' : 'refused', code: error.code }
  }
}

async function ask(
  host: Host,
  { tenant, type, id }: { readonly tenant: string; readonly type: string; readonly id: string },
  command: RunCommand,
  correlationId: string,
): Promise<AskResult | undefined> {
  if (command.kind === 'spawn') {
    await host.spawn(type, { tenant, id, fields: command.fields, correlationId })
    return undefined
  }
  const ref = host.entity(type, id, { tenant })
  switch (command.kind) {
    case 'ask': {
      const { action, params, hostile, idempotencyKey } = command
      const given =
        hostile === undefined ? params : { ...params, [hostile.param]: hostileValue(hostile.value) }
      const key = idempotencyKey === undefined ? {} : { idempotencyKey }
      return ref.ask(action, given, { correlationId, ...key })
    }
    case 'update':
      return ref.updateFields(command.fields, { correlationId })
    case 'delete':
      return ref.delete({ correlationId })
  }
}
