// Named consumers: one has the work, the checkpoint moves with what was written or not at all, and what failed is remembered.
import assert from 'node:assert/strict'
import type { ConsumerClaim, ConsumerClaimResult, ConsumerState, Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { session, startOfTime, unitOf } from '../make-unit.ts'

const now = startOfTime
const leaseMs = 1_000

function claim(
  storage: Storage,
  owner: string,
  part: Partial<ConsumerClaim> = {},
): Promise<ConsumerClaimResult> {
  return storage.claimConsumer({ name: 'totals', owner, from: 0n, now, leaseMs, ...part })
}

/** The epoch of a claim that must succeed. */
async function claimed(storage: Storage, owner: string, part: Partial<ConsumerClaim> = {}): Promise<number> {
  const result = await claim(storage, owner, part)
  assert.ok(result.kind === 'claimed', `${owner} should get the work, but it is ${result.kind}`)
  return result.epoch
}

function advance(storage: Storage, epoch: number, position: bigint, at: number = now): Promise<boolean> {
  return storage.advanceConsumer({ name: 'totals', epoch, position, now: at, leaseMs })
}

function fail(storage: Storage, epoch: number, attempts: number, nextAttemptAt?: number): Promise<boolean> {
  const failure = { name: 'totals', epoch, attempts, error: 'TypeError: "é" \\ failed', now }
  return storage.failConsumer(nextAttemptAt === undefined ? failure : { ...failure, nextAttemptAt })
}

async function only(storage: Storage): Promise<ConsumerState> {
  const [consumer, ...others] = await storage.listConsumers()
  assert.deepEqual(others, [])
  assert.ok(consumer, 'there should be a consumer')
  return consumer
}

async function fill(storage: Storage, events: number): Promise<void> {
  await storage.commit([unitOf(session('a'), 0, { events })])
}

export const consumerCases: readonly ContractCase[] = contractGroup('consumer', {
  'the storage starts a new consumer where it is told to, and an old one where it was': async ({
    storage,
  }) => {
    await fill(storage, 5)
    await claimed(storage, 'one', { name: 'from 0' })
    await claimed(storage, 'one', { name: 'from 3', from: 3n })
    await claimed(storage, 'one', { name: 'from the head', from: 'head' })
    await claimed(storage, 'one', { name: 'from 3', from: 'head' })
    assert.deepEqual(
      (await storage.listConsumers()).map(({ name, position, lag, attempts, heldUntil, updatedAt }) => [
        name,
        position,
        lag,
        attempts,
        heldUntil,
        updatedAt,
      ]),
      [
        ['from 0', 0n, 5n, 0, now + leaseMs, now],
        ['from 3', 3n, 2n, 0, now + leaseMs, now],
        ['from the head', 5n, 0n, 0, now + leaseMs, now],
      ],
    )
  },

  'the storage gives the work of a consumer to one of those who claim it at once': async ({ storage }) => {
    const owners = Array.from({ length: 12 }, (_, index) => `owner-${index}`)
    for (const name of ['new', 'old']) {
      if (name === 'old') await storage.releaseConsumer('old', await claimed(storage, 'first', { name }))
      const results = await Promise.all(owners.map((owner) => claim(storage, owner, { name })))
      assert.equal(
        results.filter(({ kind }) => kind === 'claimed').length,
        1,
        `winners of the ${name} consumer`,
      )
      assert.equal(results.filter(({ kind }) => kind === 'held').length, owners.length - 1)
    }
  },

  'the storage keeps the work for its owner until the lease is over': async ({ storage }) => {
    const first = await claimed(storage, 'one')
    assert.equal((await claim(storage, 'other', { now: now + leaseMs - 1 })).kind, 'held')
    assert.ok(await advance(storage, first, 0n, now + 500))
    assert.equal((await claim(storage, 'other', { now: now + 500 + leaseMs - 1 })).kind, 'held')
    const second = await claimed(storage, 'other', { now: now + 500 + leaseMs })
    assert.ok(second > first, 'a new epoch')
    const third = await claimed(storage, 'other', { now: now + 500 + leaseMs })
    assert.ok(third > second, 'a new epoch for the same owner')
    await storage.releaseConsumer('totals', third)
    await claimed(storage, 'one', { now: now + 500 + leaseMs })
  },

  'the storage lets nobody change a consumer whose work is no longer theirs': async ({ storage }) => {
    const old = await claimed(storage, 'one')
    await claimed(storage, 'other', { now: now + leaseMs })
    const before = await only(storage)
    assert.equal(await advance(storage, old, 3n), false)
    assert.equal(await fail(storage, old, 1), false)
    await storage.releaseConsumer('totals', old)
    assert.equal(await advance(storage, 99, 3n), false)
    assert.equal(
      await storage.advanceConsumer({ name: 'nobody', epoch: 1, position: 3n, now, leaseMs }),
      false,
    )
    assert.deepEqual(await only(storage), before)
  },

  'the storage moves a checkpoint forward, never back': async ({ storage }) => {
    await fill(storage, 5)
    const epoch = await claimed(storage, 'one')
    assert.ok(await advance(storage, epoch, 2n))
    assert.ok(await advance(storage, epoch, 2n, now + 1))
    assert.equal(await advance(storage, epoch, 1n, now + 2), false)
    const { position, lag, updatedAt } = await only(storage)
    assert.deepEqual({ position, lag, updatedAt }, { position: 2n, lag: 3n, updatedAt: now + 1 })
  },

  'the storage moves a checkpoint after what is written, and not when that fails': async ({ storage }) => {
    const epoch = await claimed(storage, 'one')
    const forward = { name: 'totals', epoch, position: 2n, now, leaseMs }
    const failure = new RangeError('the handler failed')
    const outcome: unknown = await storage
      .advanceConsumer(forward, async () => {
        throw failure
      })
      .catch((error: unknown) => error)
    assert.equal(outcome, failure, 'what the write rejected with')
    assert.equal((await only(storage)).position, 0n)
    let written = 0
    assert.ok(
      await storage.advanceConsumer(forward, async () => {
        written++
      }),
    )
    assert.equal(written, 1)
    assert.equal((await only(storage)).position, 2n)
  },

  'the storage takes the work away from whoever is still writing when another claims it': async ({
    storage,
  }) => {
    const epoch = await claimed(storage, 'one')
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let begin = (): void => {}
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const late = storage.advanceConsumer({ name: 'totals', epoch, position: 2n, now, leaseMs }, async () => {
      begin()
      await held
    })
    await begun
    // A storage with one connection may let the other wait for this one.
    const other = claim(storage, 'other', { now: now + leaseMs })
    await Promise.race([other, new Promise((resolve) => setTimeout(resolve, 100))])
    release()
    const isMoved = await late
    const { kind, consumer } = await other
    assert.equal(kind === 'claimed' && consumer.position === 0n, !isMoved, 'one of the two has its way')
  },

  'the storage remembers a failure, and lets nobody try before it is time': async ({ storage }) => {
    const epoch = await claimed(storage, 'one')
    assert.ok(await fail(storage, epoch, 3, now + 500))
    const { attempts, nextAttemptAt, lastError, heldUntil, blockedAt } = await only(storage)
    assert.deepEqual(
      { attempts, nextAttemptAt, lastError, heldUntil, blockedAt },
      {
        attempts: 3,
        nextAttemptAt: now + 500,
        lastError: 'TypeError: "é" \\ failed',
        heldUntil: undefined,
        blockedAt: undefined,
      },
    )
    assert.equal((await claim(storage, 'one', { now: now + 499 })).kind, 'waiting')
    const again = await claim(storage, 'other', { now: now + 500 })
    assert.ok(again.kind === 'claimed')
    assert.equal(again.consumer.attempts, 3)
    assert.ok(await advance(storage, again.epoch, 0n, now + 500))
    assert.equal((await only(storage)).attempts, 3, 'attempts while the checkpoint stays')
    assert.ok(await advance(storage, again.epoch, 1n, now + 500))
    const { attempts: none, lastError: nothing, nextAttemptAt: never } = await only(storage)
    assert.deepEqual([none, nothing, never], [0, undefined, undefined], 'after the checkpoint moved')
  },

  'the storage keeps a blocked consumer blocked until it is reset': async ({ storage }) => {
    await fill(storage, 5)
    const epoch = await claimed(storage, 'one')
    assert.ok(await advance(storage, epoch, 2n))
    assert.ok(await fail(storage, epoch, 10))
    assert.equal((await only(storage)).blockedAt, now)
    assert.equal((await claim(storage, 'one', { now: now + 1_000_000 })).kind, 'blocked')
    assert.ok(await storage.resetConsumer('totals', { now: now + 5 }))
    const { position, attempts, blockedAt, lastError, updatedAt } = await only(storage)
    assert.deepEqual(
      [position, attempts, blockedAt, lastError, updatedAt],
      [2n, 0, undefined, undefined, now + 5],
    )
    const next = await claimed(storage, 'other')
    assert.ok(next > epoch)
    assert.ok(await storage.resetConsumer('totals', { to: 0n, now }))
    assert.equal(await advance(storage, next, 4n), false, 'the work is taken away')
    assert.equal((await only(storage)).position, 0n)
    await claimed(storage, 'another')
    assert.equal(await storage.resetConsumer('nobody', { now }), false)
  },
})
