// Mutants that mix up what travels at once, or let too much of it wait.
import type { RouterResult } from '@perdure/core'
import type { RouterMutant } from './router-mutant.ts'

export const crowdMutants: readonly RouterMutant[] = [
  {
    name: 'gives the answers of two requests that travel at once to each other',
    breaks: [
      'gives each of many senders the answers to its own requests',
      'keeps large bodies apart that travel at once, and lets small ones by',
      'tells the truth about every request, whatever the history',
    ],
    mutate: () => ({}),
    fresh: () => {
      let waiting: ((result: RouterResult) => void) | undefined
      return (sound) => ({
        send: async (address, request, options) => {
          const result = await sound.send(address, request, options)
          if (result.kind !== 'answered') return result
          const partner = waiting
          waiting = undefined
          if (partner !== undefined) return new Promise((resolve) => partner({ ...result, resolve } as never))
          return new Promise((resolve) => {
            const alone = setTimeout(() => {
              if (waiting === take) waiting = undefined
              resolve(result)
            }, 1)
            const take = (other: RouterResult & { resolve?: (result: RouterResult) => void }): void => {
              clearTimeout(alone)
              other.resolve?.(result)
              resolve({ kind: 'answered', body: other.kind === 'answered' ? other.body : '' })
            }
            waiting = take
          })
        },
      })
    },
  },
  {
    name: 'lets small requests overtake large ones',
    breaks: ['hands over what one sends to an address in the order in which it was sent, large or small'],
    mutate: (sound) => ({
      send: async (address, request, options) => {
        if (request.body.length > 100_000) await new Promise((resolve) => setImmediate(resolve))
        return sound.send(address, request, options)
      },
    }),
  },
  {
    name: 'carries one request at a time',
    breaks: ['carries both ways at once'],
    mutate: () => ({}),
    fresh: () => {
      let last: Promise<unknown> = Promise.resolve()
      return (sound) => ({
        send: (address, request, options) => {
          const mine = last.then(() => sound.send(address, request, options))
          last = mine.catch(() => {})
          return mine
        },
      })
    },
  },
  {
    name: 'lets as many wait as there are',
    breaks: ['lets a bounded number of requests wait, delivers no more, and has room again after'],
    mutate: (sound) => ({
      send: async (address, request, options) => {
        const result = await sound.send(address, request, options)
        return result.kind === 'undelivered' && result.reason.includes('wait')
          ? { kind: 'answered', body: 'fine' }
          : result
      },
    }),
  },
  {
    name: 'makes room again for what was answered only',
    breaks: ['has room again after requests that were given up or ran out of time'],
    mutate: (sound, { maxWaiting = Infinity }) => {
      let waiting = 0
      return {
        send: async (address, request, options) => {
          if (waiting >= maxWaiting) return { kind: 'undelivered', reason: 'too many wait' }
          waiting += 1
          const result = await sound.send(address, request, options)
          if (result.kind === 'answered') waiting -= 1
          return result
        },
      }
    },
  },
]
