import { describe, expect, it } from 'vitest'
import { LoadGate } from '../src/entity/load-gate.ts'
import type { LoadBounds } from '../src/entity/load-gate.ts'
import { turn } from './helpers/virtual-clock.ts'

/** Loads by name, each under a test's control. */
function stage(bounds: LoadBounds) {
  const gate = new LoadGate(bounds)
  const begun: string[] = []
  const ends = new Map<string, { readonly done: () => void; readonly fail: (error: Error) => void }>()
  const load = (name: string, tenant = 't', signal?: AbortSignal): Promise<string> =>
    gate.run(tenant, signal === undefined ? [] : [{ signal }], () => {
      begun.push(name)
      return new Promise((resolve, reject) => ends.set(name, { done: () => resolve(name), fail: reject }))
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.done()
    await turn()
  }
  return { gate, begun, ends, load, end }
}

describe('the gate of loads', () => {
  it('lets as many in as it may and the others in their order', async () => {
    const { gate, begun, load, end } = stage({ maxLoads: 2 })
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => load(name)))
    expect(begun).toEqual(['a', 'b'])
    expect(gate).toMatchObject({ underWay: 2, waiting: 3 })
    await end('b')
    expect(begun).toEqual(['a', 'b', 'c'])
    await end('a')
    await end('c')
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
    await end('e')
    await end('d')
    expect(await all).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(gate).toMatchObject({ underWay: 0, waiting: 0 })
  })

  it('lets nobody overtake who waits, whoever comes just when a place is free', async () => {
    const { begun, ends, load, end } = stage({ maxLoads: 1 })
    const all = [load('a'), load('b')]
    ends.get('a')?.done()
    await all[0]
    all.push(load('late'))
    await turn()
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    await end('late')
    expect(begun).toEqual(['a', 'b', 'late'])
    await Promise.all(all)
  })

  it('gives the place of a load that fails to the next', async () => {
    const { gate, begun, ends, load, end } = stage({ maxLoads: 1 })
    const failing = load('a').catch((error: Error) => error.message)
    const next = load('b')
    ends.get('a')?.fail(new Error('away'))
    expect(await failing).toBe('away')
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    await next
    expect(gate).toMatchObject({ underWay: 0, waiting: 0 })
  })

  it('lets who gives up leave the line, and keeps the place of who has it', async () => {
    const { gate, begun, load, end } = stage({ maxLoads: 1 })
    const [inside, first, second] = [new AbortController(), new AbortController(), new AbortController()]
    const a = load('a', 't', inside.signal)
    const waiting = [load('b', 't', first.signal), load('c', 't', second.signal)]
    const outcomes = Promise.allSettled(waiting)
    first.abort(new Error('enough'))
    inside.abort(new Error('too late'))
    await turn()
    expect(gate).toMatchObject({ underWay: 1, waiting: 1 })
    await end('a')
    expect(await a).toBe('a')
    expect(begun).toEqual(['a', 'c'])
    // It is inside by now: giving up is not for the gate to notice.
    second.abort()
    await end('c')
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { message: 'enough' } },
      { status: 'fulfilled', value: 'c' },
    ])
    const given = new AbortController()
    given.abort(new Error('before'))
    const d = load('d')
    await expect(load('e', 't', given.signal)).rejects.toThrow('before')
    await end('d')
    await d
    expect(gate).toMatchObject({ underWay: 0, waiting: 0 })
  })

  it('has tenants take turns', async () => {
    const { begun, load, end } = stage({ maxLoads: 1 })
    const all = ['a1', 'a2', 'a3', 'a4'].map((name) => load(name, 'a'))
    all.push(load('b1', 'b'), load('b2', 'b'))
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2', 'a4']) await end(name)
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4'])
    await Promise.all(all)
  })

  it('passes over a tenant that has all it may have', async () => {
    const limitsOf = (tenant: string) => (tenant === 'a' ? { maxConcurrentLoads: 1 } : {})
    const { gate, begun, load, end } = stage({ maxLoads: 2, limitsOf })
    const all = ['a1', 'a2', 'a3'].map((name) => load(name, 'a'))
    all.push(load('b1', 'b'), load('b2', 'b'))
    expect(begun).toEqual(['a1', 'b1'])
    await end('b1')
    expect(begun).toEqual(['a1', 'b1', 'b2'])
    await end('b2')
    expect(gate).toMatchObject({ underWay: 1, waiting: 2 })
    for (const name of ['a1', 'a2', 'a3']) await end(name)
    await Promise.all(all)
    expect(begun).toEqual(['a1', 'b1', 'b2', 'a2', 'a3'])
    expect(gate).toMatchObject({ underWay: 0, waiting: 0 })
  })
})
