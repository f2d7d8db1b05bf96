// Mutants that mislay a consumer's checkpoint, or give its work to two.
import type { ConsumerAdvance } from '@perdure/core'
import type { Mutant } from './mutant.ts'
import { turn } from './mutant.ts'

export const consumerMutants: readonly Mutant[] = [
  {
    name: 'starts every new consumer at the start',
    breaks: 'starts a new consumer where it is told to, and an old one where it was',
    mutate: (sound) => ({ claimConsumer: (claim) => sound.claimConsumer({ ...claim, from: 0n }) }),
  },
  {
    name: 'looks who has the work before it gives it',
    breaks: 'gives the work of a consumer to one of those who claim it at once',
    mutate: (sound) => ({
      claimConsumer: async (claim) => {
        const [held] = (await sound.listConsumers()).filter(({ name }) => name === claim.name)
        await turn()
        return sound.claimConsumer({
          ...claim,
          owner: held?.heldUntil === undefined ? 'whoever comes' : claim.owner,
        })
      },
    }),
  },
  {
    name: 'forgets to keep the work of who goes on',
    breaks: 'keeps the work for its owner until the lease is over',
    mutate: (sound) => ({
      advanceConsumer: (advance, write) => sound.advanceConsumer({ ...advance, leaseMs: 0 }, write),
    }),
  },
  {
    name: 'moves a checkpoint whoever says so',
    breaks: 'lets nobody change a consumer whose work is no longer theirs',
    mutate: (sound) => {
      const epochs = new Map<string, number>()
      return {
        claimConsumer: async (claim) => {
          const result = await sound.claimConsumer(claim)
          if (result.kind === 'claimed') epochs.set(claim.name, result.epoch)
          return result
        },
        advanceConsumer: (advance, write) =>
          sound.advanceConsumer({ ...advance, epoch: epochs.get(advance.name) ?? 0 }, write),
      }
    },
  },
  {
    name: 'takes a checkpoint back for an answer',
    breaks: 'moves a checkpoint forward, never back',
    mutate: (sound) => ({
      advanceConsumer: async (advance, write) => {
        const { position } = (await sound.listConsumers())[0] ?? { position: 0n }
        const forward = advance.position < position ? { ...advance, position } : advance
        return sound.advanceConsumer(forward, write)
      },
    }),
  },
  {
    name: 'moves the checkpoint before anything is written',
    breaks: 'moves a checkpoint after what is written, and not when that fails',
    mutate: (sound) => ({
      advanceConsumer: async (advance: ConsumerAdvance, write) => {
        const isMoved = await sound.advanceConsumer(advance)
        if (isMoved) await write?.(undefined)
        return isMoved
      },
    }),
  },
  {
    name: 'has two go on with the same work',
    breaks: 'takes the work away from whoever is still writing when another claims it',
    mutate: (sound) => ({
      advanceConsumer: async (advance, write) => {
        const [before] = await sound.listConsumers()
        await write?.(undefined)
        return before !== undefined && ((await sound.advanceConsumer(advance)) || true)
      },
    }),
  },
  {
    name: 'tries again at once',
    breaks: 'remembers a failure, and lets nobody try before it is time',
    mutate: (sound) => ({
      failConsumer: (failure) =>
        sound.failConsumer(failure.nextAttemptAt === undefined ? failure : { ...failure, nextAttemptAt: 0 }),
    }),
  },
  {
    name: 'tries a blocked consumer once more',
    breaks: 'keeps a blocked consumer blocked until it is reset',
    mutate: (sound) => ({
      claimConsumer: async (claim) => {
        const [consumer] = await sound.listConsumers()
        if (consumer?.blockedAt !== undefined) await sound.resetConsumer(claim.name, { now: claim.now })
        return sound.claimConsumer(claim)
      },
    }),
  },
  {
    name: 'leaves the work with whoever has it when a consumer is reset',
    breaks: 'keeps a blocked consumer blocked until it is reset',
    mutate: (sound) => ({
      advanceConsumer: async (advance, write) =>
        (await sound.advanceConsumer(advance, write)) ||
        sound.claimConsumer({ ...advance, owner: 'one', from: 0n }).then(({ kind }) => kind === 'claimed'),
    }),
  },
]
