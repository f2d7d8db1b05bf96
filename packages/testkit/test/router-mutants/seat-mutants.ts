// Mutants that give addresses to the wrong ones.
import type { RouterSeat } from '@perdure/core'
import { nothing } from './router-mutant.ts'
import type { RouterMutant } from './router-mutant.ts'

/** Overrides of what leaving a seat means. */
function leaving(change: (seat: RouterSeat) => RouterSeat): RouterMutant['mutate'] {
  return (sound) => ({ join: async (address, answer) => change(await sound.join(address, answer)) })
}

export const seatMutants: readonly RouterMutant[] = [
  {
    name: 'does not tell capitals from small letters',
    breaks: ['carries nothing to addresses that look alike'],
    mutate: (sound) => ({
      join: (address, answer) => sound.join(address.toLowerCase(), answer),
      send: (address, request, options) => sound.send(address.toLowerCase(), request, options),
    }),
  },
  {
    name: 'drops dots at the ends of addresses',
    breaks: ['carries nothing to addresses that look alike'],
    mutate: (sound) => ({
      join: (address, answer) => sound.join(address.replace(/(.)\.+$/, '$1'), answer),
      send: (address, request, options) => sound.send(address.replace(/(.)\.+$/, '$1'), request, options),
    }),
  },
  {
    name: 'takes anything for an address',
    breaks: ['tells what is no address by a typed error, of a seat as of a request'],
    mutate: (sound) => ({
      join: (address, answer) => sound.join(encodeURIComponent(`x${address}`).replaceAll('%', '~'), answer),
    }),
  },
  {
    name: 'says that nobody is at an address that is none',
    breaks: ['tells what is no address by a typed error, of a seat as of a request'],
    mutate: (sound) => ({
      send: (address, request, options) =>
        sound.send(/^[\w.~-]{1,255}$/.test(address) ? address : 'nobody', request, options),
    }),
  },
  {
    name: 'lets the newest have an address',
    breaks: ['refuses a second seat under an address, whoever asks'],
    mutate: () => ({}),
    fresh: () => {
      const seats = new Map<string, RouterSeat>()
      return (sound) => ({
        join: async (address, answer) => {
          void seats.get(address)?.leave()
          const seat = await sound.join(address, answer)
          seats.set(address, seat)
          return seat
        },
      })
    },
  },
  {
    name: 'gives an address to everybody who looks before the first has sat down',
    breaks: ['gives an address to one of many that want it at once'],
    mutate: () => ({}),
    fresh: () => {
      const recent = new Set<string>()
      return (sound) => ({
        join: async (address, answer) => {
          if (recent.has(address)) return { leave: async () => {} }
          recent.add(address)
          setImmediate(() => recent.delete(address))
          return sound.join(address, answer)
        },
      })
    },
  },
  {
    name: 'says that it has joined before it can be reached',
    breaks: [
      'reaches a seat from anywhere once join has resolved',
      'carries a request to who has joined under the address, and the answer back',
    ],
    mutate: (sound) => ({
      join: async (address, answer) => {
        const joining = new Promise((resolve) => setTimeout(resolve, 20)).then(() =>
          sound.join(address, answer),
        )
        joining.catch(() => {})
        return { leave: async () => (await joining).leave() }
      },
    }),
  },
  {
    name: 'does not hear itself',
    breaks: ['carries to a seat of its own as well'],
    mutate: (sound) => {
      const own = new Set<string>()
      return {
        join: async (address, answer) => {
          const seat = await sound.join(address, answer)
          own.add(address)
          return seat
        },
        send: async (address, request, options) =>
          own.has(address)
            ? { kind: 'undelivered', reason: 'that is me' }
            : sound.send(address, request, options),
      }
    },
  },
  {
    name: 'waits for somebody to come',
    breaks: ['says that a request is undelivered where nobody is there, without waiting for its time'],
    mutate: (sound) => ({
      send: async (address, request, options) => {
        const result = await sound.send(address, request, options)
        return result.kind === 'undelivered' ? nothing() : result
      },
    }),
  },
  {
    name: 'keeps a seat that was left',
    breaks: ['delivers nothing to a seat that was left, and gives its address to the next'],
    mutate: leaving(() => ({ leave: async () => {} })),
  },
  {
    name: 'leaves a seat without waiting for what is under way',
    breaks: ['answers what is under way at a seat before that is left, and delivers no more'],
    mutate: leaving((seat) => ({ leave: async () => void seat.leave() })),
  },
  {
    name: 'leaves whatever seat has the address by then',
    breaks: ['leaves a seat once, however often it is asked'],
    mutate: () => ({}),
    fresh: () => {
      const seats = new Map<string, RouterSeat>()
      return (sound) => ({
        join: async (address, answer) => {
          seats.set(address, await sound.join(address, answer))
          return { leave: async () => seats.get(address)?.leave() }
        },
      })
    },
  },
]
