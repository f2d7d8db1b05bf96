// A stored snapshot of every format there has been, byte for byte, and the state it holds. A new format adds one; none is
// ever changed: databases hold such bytes.
import { readFileSync } from 'node:fs'
import { unborn } from '@perdure/core'
import type { EntityState, SnapshotIdentity, SnapshotRecord } from '@perdure/core'

/** A snapshot as some version of the package stored it. */
export interface GoldenSnapshot {
  readonly format: number
  readonly identity: SnapshotIdentity
  readonly record: SnapshotRecord
  readonly state: EntityState
}

const identity: SnapshotIdentity = { type: 'Session', specHash: '0123456789abcdef0123456789abcdef' }

const first: EntityState = {
  ...unborn,
  status: 'Running',
  version: 42,
  counters: { turns: 7 },
  numbers: { temperature: -1.5e-7 },
  booleans: { done: false },
  lists: { tags: ['é', '\u0000', '\ud800', '"\\\n'] },
  fields: JSON.parse(
    '{"status":"Running","turns":7,"__proto__":{"a":[null,true,{}]},"":"\\u2028"}',
  ) as object & EntityState['fields'],
  refs: {
    prompt: { hash: 'ab'.repeat(32), size: 200_000, sequence: 3, expiresAt: 1_780_000_000_000 },
    ['odd "name"']: { hash: 'cd'.repeat(32), size: 1, sequence: 41 },
  },
}

/** All of them, oldest first. */
export const goldenSnapshots: readonly GoldenSnapshot[] = [
  { format: 1, identity, state: first, record: recordOf('format-1.snapshot', first.version) },
]

function recordOf(file: string, sequence: number): SnapshotRecord {
  const bytes = readFileSync(new URL(file, import.meta.url))
  return { sequence, specHash: identity.specHash, bytes }
}
