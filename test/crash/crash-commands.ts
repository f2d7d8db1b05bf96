// What the worker asks for: command number n is the same in every process, so that only its number has to be remembered.
import { parseSpec } from '@perdure/spec-parser'
import type { EntitySpec } from '@perdure/core'

const { spec } = parseSpec(`
[automaton]
name = "Ledger"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
snapshot_every = 10

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

[[action]]
name = "Add"
params = [{ name = "amount", type = "counter", required = true }]
effect = "total += params.amount"

[[action]]
name = "Write"
params = ["note", "paper"]
`)

/** The entity type of the crash test. */
export const ledgerSpec: EntitySpec = spec as EntitySpec

/** The entities. */
export const ledgerIds: readonly string[] = Array.from({ length: 20 }, (_, index) => `ledger-${index}`)

/** One command. */
export interface LedgerCommand {
  /** Idempotency key and correlation id in one. */
  readonly key: string
  readonly entity: string
  readonly action: 'Add' | 'Write'
  readonly params: Readonly<Record<string, unknown>>
}

/** Command number `n`, counted from 0. */
export function commandOf(n: number): LedgerCommand {
  const key = `command-${n}`
  const entity = ledgerIds[(n * 7) % ledgerIds.length] ?? ''
  if (n % 3 > 0) return { key, entity, action: 'Add', params: { amount: n % 5 } }
  const text = `${key} `.repeat(50)
  return { key, entity, action: 'Write', params: n % 2 === 0 ? { note: text } : { paper: text } }
}
