// The measured model: three orders side by side in one entity, each a little automaton of 80 states and 133 transitions.
// Interleaved they have 80³ = 512,000 states and 3 · 133 · 80² = 2,553,600 transitions.

interface Rule {
  readonly name: string
  readonly from: string
  readonly to?: string
  readonly guard?: string
  readonly effect?: string
}

/** Of one order with up to nine items. */
const rules: readonly Rule[] = [
  { name: 'Add', from: 'draft', guard: 'items < 9', effect: 'items += 1' },
  { name: 'Remove', from: 'draft', guard: 'items > 0', effect: 'items -= 1' },
  { name: 'Place', from: 'draft', to: 'placed' },
  { name: 'Pay', from: 'placed', to: 'paid' },
  { name: 'Pack', from: 'paid', to: 'packed' },
  { name: 'Ship', from: 'packed', to: 'shipped' },
  { name: 'Deliver', from: 'shipped', to: 'delivered' },
  { name: 'Cancel', from: 'draft', to: 'cancelled' },
  { name: 'Cancel', from: 'placed', to: 'cancelled', guard: 'items > 0' },
  { name: 'Cancel', from: 'paid', to: 'cancelled', guard: 'items > 0' },
  { name: 'Refund', from: 'paid', to: 'refunded' },
  { name: 'Refund', from: 'packed', to: 'refunded', guard: 'items > 0' },
  { name: 'Refund', from: 'shipped', to: 'refunded', guard: 'items > 0' },
  { name: 'Refund', from: 'delivered', to: 'refunded', guard: 'items > 0' },
]

/** The spec of so many interleaved orders. */
export function ordersSpec(orders: number): string {
  const sections = Array.from({ length: orders }, (_, index) => orderSections(index + 1))
  return `[automaton]
name = "Orders"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
${sections.join('')}`
}

function orderSections(order: number): string {
  const variables = `
[[state]]
name = "stage${order}"
initial = "draft"

[[state]]
name = "items${order}"
type = "counter"
`
  const invariant = `
[[invariant]]
name = "ItemsFit${order}"
assert = "stage${order} in ['cancelled', 'refunded'] => items${order} <= 9"
`
  return variables + rules.map((rule) => ruleSection(rule, order)).join('') + invariant
}

function ruleSection({ name, from, to, guard, effect }: Rule, order: number): string {
  const items = (text: string): string => text.replaceAll('items', `items${order}`)
  const guards = [`stage${order} == '${from}'`, ...(guard === undefined ? [] : [items(guard)])]
  const effects = [
    ...(to === undefined ? [] : [`stage${order} = '${to}'`]),
    ...(effect === undefined ? [] : [items(effect)]),
  ]
  return `
[[action]]
name = "${name}${order}"
guard = "${guards.join(' && ')}"
effect = ${JSON.stringify(effects)}
`
}
