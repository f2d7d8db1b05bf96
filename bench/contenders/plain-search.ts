// The search one writes in an afternoon, on the three orders of b09: states are objects, their JSON tells them apart.

interface Order {
  readonly stage: string
  readonly items: number
}

type Rule = (order: Order) => Order | undefined

const move =
  (from: string, to: string, isPossible: (items: number) => boolean = () => true): Rule =>
  ({ stage, items }) =>
    stage === from && isPossible(items) ? { stage: to, items } : undefined

const some = (items: number): boolean => items > 0

const rules: readonly Rule[] = [
  ({ stage, items }) => (stage === 'draft' && items < 9 ? { stage, items: items + 1 } : undefined),
  ({ stage, items }) => (stage === 'draft' && items > 0 ? { stage, items: items - 1 } : undefined),
  move('draft', 'placed'),
  move('placed', 'paid'),
  move('paid', 'packed'),
  move('packed', 'shipped'),
  move('shipped', 'delivered'),
  move('draft', 'cancelled'),
  move('placed', 'cancelled', some),
  move('paid', 'cancelled', some),
  move('paid', 'refunded'),
  move('packed', 'refunded', some),
  move('shipped', 'refunded', some),
  move('delivered', 'refunded', some),
]

/** Searches until so many states were expanded. @returns how many were */
export function searchPlainly(limit: number): number {
  const draft: Order = { stage: 'draft', items: 0 }
  const initial: readonly Order[] = [draft, draft, draft]
  const seen = new Set([JSON.stringify(initial)])
  const queue = [initial]
  let expanded = 0
  for (const orders of queue) {
    if (expanded === limit) break
    expanded++
    for (const [index, order] of orders.entries()) {
      for (const rule of rules) {
        const next = rule(order)
        if (next === undefined) continue
        const state = orders.with(index, next)
        const key = JSON.stringify(state)
        if (seen.has(key)) continue
        seen.add(key)
        queue.push(state)
      }
    }
  }
  return expanded
}
