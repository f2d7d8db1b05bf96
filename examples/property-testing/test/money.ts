import type { History } from '@perdure/testkit'

/** What must be true of every payment, whatever anybody asks of it. */
export const money = {
  name: 'a payment never gives back more than was paid',
  holds: ({ state }: History): boolean => (state.counters['refunded'] ?? 0) <= (state.counters['paid'] ?? 0),
}
