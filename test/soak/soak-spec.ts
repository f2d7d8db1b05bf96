// What the campaigns ask for: command number n is the same in every process, so that only its number has to be remembered.
import type { EntitySpec } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'

const { spec } = parseSpec(`
[automaton]
name = "Shelf"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
snapshot_every = 7

[[state]]
name = "total"
type = "counter"

[[state]]
name = "note"
overflow_inline_max_bytes = 64

[[state]]
name = "paper"
overflow_inline_max_bytes = 64
overflow_journal = "ref"

[[state]]
name = "leaf"
overflow_inline_max_bytes = 64
overflow_ttl_seconds = 2

[[action]]
name = "Add"
params = [{ name = "amount", type = "counter", required = true }]
effect = "total += params.amount"

[[action]]
name = "Write"
params = ["note", "paper", "leaf"]
`)

/** The entity type of the campaigns: a counter, and contents that are permanent, kept out of the log, and short-lived. */
export const soakSpec: EntitySpec = spec as EntitySpec

/** One command. */
export interface SoakCommand {
  readonly entity: string
  readonly action: 'Add' | 'Write'
  readonly params: Readonly<Record<string, unknown>>
}

/** Fewer contents than writers, so that many entities hold the same, let go of it and take it up again. */
const contents = 37

/** Command number `n`, from 0, on one of so many entities. */
export function commandOf(n: number, entities: number): SoakCommand {
  // Scattered, so that hosts that share the numbers out among them meet at the same entities.
  const chance = Math.imul(n + 1, 0x9e37_79b1) >>> 4
  const entity = `shelf-${chance % entities}`
  if (chance % 3 === 0) return { entity, action: 'Add', params: { amount: n % 5 } }
  const field = ['note', 'paper', 'leaf'][(chance >>> 3) % 4] ?? 'note'
  const text = `${field} ${(chance >>> 5) % contents} `.repeat(chance % 2 === 0 ? 30 : 300)
  return { entity, action: 'Write', params: { [field]: text } }
}

/** The number of a command in what it is stored under. */
export function keyOf(n: number): string {
  return `soak-${n}`
}

/** The number of the command that is stored under a key. */
export function numberOf(key: string): number {
  return Number(key.slice('soak-'.length))
}
