// A mutant: the sound memory router with one promise broken, on a network that can fail. A case that no mutant can fail
// proves nothing.
import { systemClock } from '@perdure/core'
import { MemoryNetwork } from '@perdure/core/memory'
import { RouterError } from '@perdure/core'
import type { Clock, Router, RouterAnswer, RouterResult, SendOptions } from '@perdure/core'
import type { RouterSubject, RouterSubjectOptions } from '@perdure/testkit'

/** What the routers of one broken network share. */
class World {
  /** Fires when the outage begins; undefined without one to come. */
  outage = new AbortController()
  /** What to undo when the case is over. */
  readonly atEnd: (() => void)[] = []

  get isDown(): boolean {
    return this.outage.signal.aborted
  }
}

/** Of the router that a mutant is made of. */
interface MutantContext extends RouterSubjectOptions {
  readonly clock: Clock
  readonly world: World
}

/** One way to get it wrong. */
export interface RouterMutant {
  /** What this router does wrong, to be read after "a router that". */
  readonly name: string
  /** The promises it breaks: names of cases that must fail, without "the router ". */
  readonly breaks: readonly string[]
  /** The methods it gets wrong; the others are those of the sound router. Called once a router. */
  readonly mutate: (sound: Router, context: MutantContext) => Partial<Router>
  /** A mutant that needs something of its own for each network. */
  readonly fresh?: () => RouterMutant['mutate']
}

/** A new network of mutants, ready for one case. */
export function openMutants(mutant?: RouterMutant): RouterSubject {
  const network = new MemoryNetwork()
  const world = new World()
  const mutate = mutant?.fresh?.() ?? mutant?.mutate
  return {
    open: async (options = {}) => {
      const sound = failing(network.open(options), world)
      const wrong = mutate?.(sound, { clock: systemClock, ...options, world }) ?? {}
      return overridden(sound, wrong)
    },
    outage: {
      begin: async () => world.outage.abort(new Error('the network is down')),
      end: async () => void (world.outage = new AbortController()),
    },
    close: async () => {
      for (const undo of world.atEnd) undo()
    },
  }
}

/** Overrides of `join` that change how requests are answered. */
export function answering(
  change: (answer: RouterAnswer, address: string) => RouterAnswer,
): RouterMutant['mutate'] {
  return (sound) => ({ join: (address, answer) => sound.join(address, change(answer, address)) })
}

/** Overrides of `send` that change what was sent. */
export function bodies(change: (body: string) => string): RouterMutant['mutate'] {
  return (sound) => ({
    send: (address, { id, body }, options) => sound.send(address, { id, body: change(body) }, options),
  })
}

/** Overrides of `send` that change what became of a request. */
export function results(
  change: (result: RouterResult, options: SendOptions) => RouterResult | Promise<RouterResult>,
): RouterMutant['mutate'] {
  return (sound) => ({
    send: async (address, request, options) => change(await sound.send(address, request, options), options),
  })
}

/** A promise that nobody keeps. */
export function nothing(): Promise<never> {
  return new Promise(() => {})
}

/** The router on a network that can fail: then nothing is delivered, and what waits stays unanswered. */
function failing(sound: Router, world: World): Router {
  const trouble = new RouterError('router_unavailable', 'the network is down')
  const send: Router['send'] = async (address, request, options) => {
    if (world.isDown && !options.signal?.aborted) return { kind: 'undelivered', reason: trouble.message }
    const { signal } = world.outage
    const either = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal])
    try {
      return await sound.send(address, request, { ...options, signal: either })
    } catch (error) {
      if (error === signal.reason) return { kind: 'unanswered', reason: trouble.message }
      throw error
    }
  }
  const failing = overridden(sound, { send })
  return new Proxy(failing, {
    get: (target, name: keyof Router) => (name === 'trouble' && world.isDown ? trouble : target[name]),
  })
}

function overridden(sound: Router, wrong: Partial<Router>): Router {
  return new Proxy(sound, {
    get(target, name: keyof Router) {
      const value: unknown = name in wrong ? wrong[name] : target[name]
      return typeof value === 'function' ? value.bind(name in wrong ? wrong : target) : value
    },
  })
}
