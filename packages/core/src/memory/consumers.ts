// Named consumers in memory. Every method is one synchronous step, so of several claims at once one comes first.
import type {
  ConsumerAdvance,
  ConsumerClaim,
  ConsumerClaimResult,
  ConsumerFailure,
  ConsumerReset,
  ConsumerState,
} from '../storage/consumer.ts'
import { compareUtf8 } from './compare-utf8.ts'

type Stored = Omit<ConsumerState, 'lag'> & {
  readonly epoch: number
  readonly owner?: string
}

/** Every consumer by its name. */
export class Consumers {
  readonly #consumers = new Map<string, Stored>()

  claim({ name, owner, from, now, leaseMs }: ConsumerClaim, head: bigint): ConsumerClaimResult {
    const start = { name, position: from === 'head' ? head : from, attempts: 0, updatedAt: now, epoch: 0 }
    const stored: Stored = this.#consumers.get(name) ?? start
    const consumer = stateOf(stored, head)
    if (stored.blockedAt !== undefined) return { kind: 'blocked', consumer }
    if (stored.nextAttemptAt !== undefined && stored.nextAttemptAt > now) return { kind: 'waiting', consumer }
    const isHeld = stored.owner !== undefined && stored.owner !== owner && (stored.heldUntil ?? 0) > now
    if (isHeld) return { kind: 'held', consumer }
    const claimed = { ...stored, owner, epoch: stored.epoch + 1, heldUntil: now + leaseMs, updatedAt: now }
    this.#consumers.set(name, claimed)
    return { kind: 'claimed', epoch: claimed.epoch, consumer: stateOf(claimed, head) }
  }

  advance({ name, epoch, position, now, leaseMs }: ConsumerAdvance): boolean {
    const stored = this.#heldUnder(name, epoch)
    if (stored === undefined || position < stored.position) return false
    const kept = position > stored.position ? healthy(stored) : stored
    this.#consumers.set(name, { ...kept, position, heldUntil: now + leaseMs, updatedAt: now })
    return true
  }

  fail({ name, epoch, attempts, error, nextAttemptAt, now }: ConsumerFailure): boolean {
    const stored = this.#heldUnder(name, epoch)
    if (stored === undefined) return false
    const next = nextAttemptAt === undefined ? { blockedAt: now } : { nextAttemptAt }
    this.#consumers.set(name, { ...free(stored), attempts, lastError: error, ...next, updatedAt: now })
    return true
  }

  release(name: string, epoch: number): void {
    const stored = this.#heldUnder(name, epoch)
    if (stored !== undefined) this.#consumers.set(name, free(stored))
  }

  list(head: bigint): readonly ConsumerState[] {
    const all = [...this.#consumers.values()].map((stored) => stateOf(stored, head))
    return all.sort((left, right) => compareUtf8(left.name, right.name))
  }

  reset(name: string, { to, now }: ConsumerReset): boolean {
    const stored = this.#consumers.get(name)
    if (stored === undefined) return false
    const position = to ?? stored.position
    this.#consumers.set(name, { ...healthy(free(stored)), position, epoch: stored.epoch + 1, updatedAt: now })
    return true
  }

  #heldUnder(name: string, epoch: number): Stored | undefined {
    const stored = this.#consumers.get(name)
    return stored?.epoch === epoch && stored.owner !== undefined ? stored : undefined
  }
}

/** Without an owner. */
function free({ owner: _owner, heldUntil: _heldUntil, ...rest }: Stored): Stored {
  return rest
}

/** Without a trace of failures. */
function healthy({ nextAttemptAt: _next, blockedAt: _blocked, lastError: _error, ...rest }: Stored): Stored {
  return { ...rest, attempts: 0 }
}

function stateOf({ epoch: _epoch, owner: _owner, ...state }: Stored, head: bigint): ConsumerState {
  return { ...state, lag: head > state.position ? head - state.position : 0n }
}
