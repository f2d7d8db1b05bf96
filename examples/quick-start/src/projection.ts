import type { Host } from '@perdure/actors'
import type { Consumer } from '@perdure/core'
import { projection } from '@perdure/storage-pg'

/** A table of the application, in the database of the storage. */
interface Tables {
  order_status: { id: string; status: string; changes: number; changed_at: Date }
}

/** Keeps `order_status` up to date, in one of all processes that call this. */
export function projectOrders(host: Host): Consumer {
  return host.consume({
    name: 'order-status',
    types: ['Order'],
    ...projection<Tables>(async (transaction, entries) => {
      for (const { event } of entries) {
        const now = { status: event.to, changed_at: new Date(event.at) }
        await transaction
          .insertInto('order_status')
          .values({ id: event.id, changes: 1, ...now })
          .onConflict((there) =>
            there
              .column('id')
              .doUpdateSet((its) => ({ ...now, changes: its('order_status.changes', '+', 1) })),
          )
          .execute()
      }
    }),
  })
}
