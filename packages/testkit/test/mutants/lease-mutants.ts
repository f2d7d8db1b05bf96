// Mutants that give a lease to two, take one from the living, or have an entity belong to the wrong host.
import type { Mutant } from './mutant.ts'

export const leaseMutants: readonly Mutant[] = [
  {
    name: 'gives a number out again that is free',
    breaks: 'gives every host a lease of its own, under a number that grows',
    mutate: (sound) => {
      const free: number[] = []
      return {
        acquireLease: async (host) => {
          const lease = await sound.acquireLease(host)
          return { ...lease, lease: free.pop() ?? lease.lease }
        },
        releaseLease: async (lease, beat) => {
          const isEnded = await sound.releaseLease(lease, beat)
          if (isEnded) free.push(lease)
          return isEnded
        },
      }
    },
  },
  {
    name: 'keeps the older lease of a host',
    breaks: 'ends the older lease of a host that takes another',
    mutate: (sound) => {
      const names = new Map<number, string>()
      return {
        acquireLease: async (host) => {
          const lease = await sound.acquireLease({ ...host, host: `${host.host} ${names.size}` })
          names.set(lease.lease, host.host)
          return { ...lease, host: host.host }
        },
        renewLease: async (lease) =>
          (await sound.renewLease(lease)).map((held) => ({ ...held, host: names.get(held.lease) ?? '' })),
      }
    },
  },
  {
    name: 'tells a host what was before its renewal',
    breaks: 'moves the beat of a lease on by one with each renewal, and of no other',
    mutate: (sound) => ({
      renewLease: async (lease) =>
        (await sound.renewLease(lease)).map((held) =>
          held.lease === lease ? { ...held, beat: held.beat - 1 } : held,
        ),
    }),
  },
  {
    name: 'ends the lease of a host that lives',
    breaks: 'ends the lease of a host that stands still, and not of one that has moved on',
    mutate: (sound) => ({ releaseLease: (lease) => sound.releaseLease(lease) }),
  },
  {
    name: 'has an entity belong to whoever created it',
    breaks: 'gives an entity to whoever commits it, and to nobody who loses it',
    mutate: (sound) => ({
      commit: async (units) => {
        const heads = await sound.readHeads(units.map(({ entity }) => entity))
        return sound.commit(
          units.map(({ owner, ...unit }, index) => {
            const first = heads[index]?.owner ?? owner
            return first === undefined ? unit : { ...unit, owner: first }
          }),
        )
      },
    }),
  },
]
