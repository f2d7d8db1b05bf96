// Mutants that end badly, or do not survive an outage.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { RouterError } from '@perdure/core'
import type { RouterSeat } from '@perdure/core'
import { nothing, results } from './router-mutant.ts'
import type { RouterMutant } from './router-mutant.ts'

export const lifeMutants: readonly RouterMutant[] = [
  {
    name: 'forgets what waits when it is closed',
    breaks: ['ends every wait as unanswered when it is closed'],
    mutate: results((result) =>
      result.kind === 'unanswered' && result.reason === 'the router was closed' ? nothing() : result,
    ),
  },
  {
    name: 'waits at its close for what is under way',
    breaks: ['is closed without waiting for what is under way at its seats'],
    mutate: (sound) => {
      const seats: RouterSeat[] = []
      return {
        join: async (address, answer) => {
          const seat = await sound.join(address, answer)
          seats.push(seat)
          return seat
        },
        close: async () => {
          await Promise.all(seats.map((seat) => seat.leave()))
          await sound.close()
        },
      }
    },
  },
  {
    name: 'keeps its seats when it is closed',
    breaks: ['gives up its seats when it is closed'],
    mutate: () => ({ close: async () => {} }),
  },
  {
    name: 'goes on after its close',
    breaks: ['takes nothing once it is closed'],
    mutate: () => ({ close: async () => {} }),
  },
  {
    name: 'is not closed twice',
    breaks: ['is closed once, however often it is asked'],
    mutate: (sound) => {
      let closes = 0
      return {
        close: async () => {
          closes += 1
          if (closes > 1) throw new RouterError('router_closed', 'it is closed already')
          await sound.close()
        },
      }
    },
  },
  {
    name: 'is always in trouble',
    breaks: ['has no trouble while it carries'],
    mutate: () => ({ trouble: new RouterError('router_unavailable', 'I feel unwell') }),
  },
  {
    name: 'leaves a socket open',
    breaks: ['leaves no connection behind'],
    mutate: (sound, { world }) => {
      const sockets: Socket[] = []
      const server = createServer((socket) => sockets.push(socket))
      server.listen(0, '127.0.0.1', () => {
        sockets.push(connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {}))
      })
      world.atEnd.push(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
      return { close: () => sound.close() }
    },
  },
  {
    name: 'lets an outage pass without a word',
    breaks: ['says what is wrong during an outage, and mends itself'],
    mutate: () => ({ trouble: undefined }),
  },
  {
    name: 'does not come back from an outage',
    breaks: ['says what is wrong during an outage, and mends itself'],
    mutate: (sound, { world }) => {
      let wasDown = false
      return {
        send: async (address, request, options) => {
          wasDown ||= world.isDown || sound.trouble !== undefined
          return wasDown
            ? { kind: 'undelivered', reason: 'no connection' }
            : sound.send(address, request, options)
        },
        get trouble() {
          wasDown ||= world.isDown
          return sound.trouble
        },
      }
    },
  },
  {
    name: 'waits for the end of an outage to be closed',
    breaks: ['is closed during an outage as at any time'],
    mutate: (sound, { world }) => ({
      close: async () => {
        while (world.isDown) await new Promise((resolve) => setTimeout(resolve, 5).unref())
        await sound.close()
      },
    }),
  },
]
