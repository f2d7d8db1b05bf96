import type { ConsumerContext, ConsumerWork, LogEntry } from '@perdure/core'
import type { Transaction } from 'kysely'

/**
 * The work of a consumer that writes to tables in the database of its storage: through the transaction it is given, in which
 * the checkpoint moves, too. Each event has its effect there exactly once, whatever dies when.
 *
 * The handler must do nothing else that has to happen once, and ask nothing of a host: where the database is a PGlite, there is
 * one connection, and the transaction has it.
 *
 * ```ts
 * host.consume({ name: 'totals', ...projection<Tables>(async (transaction, entries) => { … }) })
 * ```
 */
export function projection<Tables>(
  handler: (
    transaction: Transaction<Tables>,
    entries: readonly LogEntry[],
    context: ConsumerContext,
  ) => Promise<void>,
): Extract<ConsumerWork, { readonly project: unknown }> {
  return {
    project: (transaction, entries, context) => handler(transaction as Transaction<Tables>, entries, context),
  }
}
