// Mutants that get time wrong, and what it means to give up.
import { answering, results } from './router-mutant.ts'
import type { RouterMutant } from './router-mutant.ts'

export const timeMutants: readonly RouterMutant[] = [
  {
    name: 'gives up half way',
    breaks: ['leaves a request unanswered once its time is over, and not before'],
    mutate: (sound) => ({
      send: (address, request, options) =>
        sound.send(address, request, { ...options, timeoutMs: options.timeoutMs / 2 }),
    }),
  },
  {
    name: 'takes milliseconds for seconds',
    breaks: ['leaves a request unanswered by the clock of the machine too'],
    mutate: (sound) => ({
      send: (address, request, options) =>
        sound.send(address, request, { ...options, timeoutMs: options.timeoutMs * 1_000 }),
    }),
  },
  {
    name: 'measures time by the time of day',
    breaks: ['measures time, whatever the time of day'],
    mutate: (sound, { clock }) => ({
      send: async (address, request, options) => {
        const until = clock.now() + options.timeoutMs
        const result = await sound.send(address, request, options)
        return clock.now() > until ? { kind: 'unanswered', reason: 'its time is over' } : result
      },
    }),
  },
  {
    name: 'tells nobody that a request is over',
    breaks: [
      'tells who has a request when its time is over',
      'rejects with the reason of a signal that fires, and tells who has the request',
      'tells who has a request when its sender is closed',
      'is closed without waiting for what is under way at its seats',
    ],
    mutate: answering((answer) => (request) => answer(request, { signal: new AbortController().signal })),
  },
  {
    name: 'leaves its timers',
    breaks: ['leaves no timer behind, whatever became of its requests'],
    mutate: (sound, { clock }) => ({
      send: (address, request, options) => {
        clock.setTimeout(() => {}, options.timeoutMs, { unref: true })
        return sound.send(address, request, options)
      },
    }),
  },
  {
    name: 'gives the answer that comes to whoever waits',
    breaks: ['gives a late answer to nobody'],
    mutate: () => ({}),
    fresh: () => {
      const answers = new Map<string, Promise<string>>()
      const late: Promise<string>[] = []
      return (sound) => ({
        join: (address, answer) =>
          sound.join(address, (request, context) => {
            const answered = answer(request, context)
            answers.set(request.id, answered)
            return answered
          }),
        send: async (address, request, options) => {
          const result = await sound.send(address, request, options)
          const mine = answers.get(request.id)
          if (result.kind === 'unanswered' && mine) late.push(mine)
          const other = result.kind === 'answered' ? late.pop() : undefined
          return other === undefined ? result : { kind: 'answered', body: await other }
        },
      })
    },
  },
  {
    name: 'looks at the signal once the request is on its way',
    breaks: ['rejects with the reason of a signal that has fired, and delivers nothing'],
    mutate: (sound) => ({
      send: async (address, request, { signal, ...options }) => {
        const sent = sound.send(address, request, options)
        await Promise.resolve()
        signal?.throwIfAborted()
        return sent
      },
    }),
  },
  {
    name: 'rejects with an error of its own',
    breaks: ['rejects with the reason of a signal that fires, and tells who has the request'],
    mutate: (sound) => ({
      send: (address, request, options) =>
        sound.send(address, request, options).catch((error: unknown) => {
          throw new Error('aborted', { cause: error })
        }),
    }),
  },
  {
    name: 'gives up everything when one request is given up',
    breaks: ['gives up one request, and answers the others'],
    mutate: (sound) => {
      let over = new AbortController()
      return {
        send: async (address, request, options) => {
          const all = over
          const signal = AbortSignal.any([all.signal, ...(options.signal ? [options.signal] : [])])
          options.signal?.addEventListener('abort', () => {
            over = new AbortController()
            all.abort(new Error('given up'))
          })
          return sound.send(address, request, { ...options, signal })
        },
      }
    },
  },
  {
    name: 'listens for ever',
    breaks: ['listens to a signal as long as a request lives, and no longer'],
    mutate: (sound) => ({
      send: (address, request, options) => {
        options.signal?.addEventListener('abort', () => {})
        return sound.send(address, request, options)
      },
    }),
  },
  {
    name: 'says that what was not answered was not delivered',
    breaks: [
      'tells the truth about every request, whatever the history',
      'ends every request that an outage meets, and none as an answer that was not given',
      'ends every wait as unanswered when it is closed',
    ],
    mutate: results((result) =>
      result.kind === 'unanswered' ? { kind: 'undelivered', reason: result.reason } : result,
    ),
  },
]
