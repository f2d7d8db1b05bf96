import { describe, expect, it } from 'vitest'
import { Admission } from '../src/host/admission.ts'
import type { Ticket } from '../src/host/admission.ts'
import { startHost, watch } from './helpers/start-host.ts'
import { VirtualClock, turn } from './helpers/virtual-clock.ts'

/** The tenant that most tests make do with. */
const alone = { tenant: 't', limits: undefined }

function admit(maxEntries: number, maxBytes = Infinity): Admission {
  return new Admission({ maxEntries, maxBytes }, new VirtualClock())
}

/** Enters one after another. @returns what lets one leave, and the names in the order in which they came in */
function enterAll(admission: Admission, bytes: Readonly<Record<string, number>>) {
  const order: string[] = []
  const tickets: Record<string, Ticket> = {}
  for (const [name, size] of Object.entries(bytes)) {
    const goIn = (ticket: Ticket): void => {
      tickets[name] = ticket
      order.push(name)
    }
    const ticket = admission.enter(alone.tenant, size)
    if (ticket === undefined) admission.lineUp({ ...alone, bytes: size }, undefined, goIn, () => {})
    else goIn(ticket)
  }
  const leave = (name: string): void => admission.leave(tickets[name] as Ticket)
  return { order, leave }
}

describe('admission', () => {
  it('lets as many in as it may and the others in their order', async () => {
    const { order, leave } = enterAll(admit(2), { a: 0, b: 0, c: 0, d: 0, e: 0 })
    expect(order).toEqual(['a', 'b'])
    leave('b')
    await turn()
    expect(order).toEqual(['a', 'b', 'c'])
    leave('a')
    leave('c')
    await turn()
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('lets as many bytes in as it may; nobody overtakes a large one that waits', async () => {
    const admission = admit(10, 100)
    const { order, leave } = enterAll(admission, { a: 60, b: 30, large: 50, small: 1 })
    expect(order).toEqual(['a', 'b'])
    expect(admission).toMatchObject({ entries: 2, bytes: 90, waiting: 2 })
    leave('b')
    await turn()
    expect(order).toEqual(['a', 'b'])
    leave('a')
    await turn()
    expect(order).toEqual(['a', 'b', 'large', 'small'])
    expect(admission).toMatchObject({ entries: 2, bytes: 51, waiting: 0 })
  })

  it('lets one over the bound in when nobody else is inside, rather than never', async () => {
    const { order, leave } = enterAll(admit(10, 100), { a: 1, huge: 1_000, b: 1 })
    expect(order).toEqual(['a'])
    leave('a')
    await turn()
    expect(order).toEqual(['a', 'huge'])
    leave('huge')
    await turn()
    expect(order).toEqual(['a', 'huge', 'b'])
  })

  it('gives a place back once, however often it is left', () => {
    const admission = admit(1)
    const { leave } = enterAll(admission, { a: 7, b: 8 })
    leave('a')
    leave('a')
    expect(admission).toMatchObject({ entries: 1, bytes: 8, waiting: 0 })
  })

  it('gives no place to who has given up waiting, and lets those behind him in if they fit', () => {
    const admission = admit(10, 100)
    enterAll(admission, { a: 60 })
    const giveUp = new AbortController()
    const reasons: unknown[] = []
    admission.lineUp(
      { ...alone, bytes: 50 },
      giveUp.signal,
      () => {},
      (reason) => reasons.push(reason),
    )
    const { order } = enterAll(admission, { small: 40 })
    const reason = new Error('enough')
    giveUp.abort(reason)
    expect(reasons).toEqual([reason])
    expect(order).toEqual(['small'])
    expect(admission).toMatchObject({ entries: 2, bytes: 100, waiting: 0 })
  })

  it('lets a hundred thousand in that leave at once', () => {
    const admission = admit(1)
    const { leave } = enterAll(admission, { a: 0 })
    let count = 0
    for (let index = 0; index < 100_000; index++) {
      admission.lineUp(
        { ...alone, bytes: 0 },
        undefined,
        (ticket) => (count++, admission.leave(ticket)),
        () => {},
      )
    }
    leave('a')
    expect(count).toBe(100_000)
    expect(admission).toMatchObject({ entries: 0, waiting: 0 })
  })

  it('is past when those have left who were there, whoever has come since', async () => {
    const admission = admit(1)
    const { leave } = enterAll(admission, { a: 0, b: 0 })
    const past = admission.whenPast()
    const seen = watch(past)
    const later = enterAll(admission, { c: 0, d: 0 })
    leave('a')
    await turn()
    expect(seen.isSettled).toBe(false)
    leave('b')
    await past
    expect(later.order).toEqual(['c'])
  })

  it('is past at once when nobody is there', async () => {
    await admit(1).whenPast()
  })

  it('is past when the last of those who were there gives up', async () => {
    const admission = admit(10, 100)
    const { leave } = enterAll(admission, { a: 90 })
    const giveUp = new AbortController()
    admission.lineUp(
      { ...alone, bytes: 99 },
      giveUp.signal,
      () => {},
      () => {},
    )
    const past = admission.whenPast()
    const later = enterAll(admission, { later: 5 })
    giveUp.abort(new Error('enough'))
    expect(later.order).toEqual(['later'])
    leave('a')
    await past
  })

  it('of a host holds commands back, and takes them in the order in which they were asked', async () => {
    const { task, storage } = await startHost({ maxCommandsInFlight: 2 })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = Array.from({ length: 9 }, (_, tag) => ref.ask('Tag', { tag: `${tag}` }))
    await held.arrived
    await turn()
    expect((await ref.state({ consistency: 'processed' })).version).toBe(3)
    held.release()
    await Promise.all(asked)
    expect((await ref.state()).lists['tags']).toEqual(Array.from({ length: 9 }, (_, tag) => `${tag}`))
  })

  it('of a host holds commands back by the bytes of their payloads', async () => {
    const { host, task, storage } = await startHost({ maxBytesInFlight: 4_000 })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = Array.from({ length: 9 }, () => ref.ask('Write', { note: 'x'.repeat(1_000) }))
    await held.arrived
    await turn()
    expect(host.health().queue).toMatchObject({ entries: 3, waiting: 6 })
    expect(host.health().queue.bytes).toBeLessThanOrEqual(4_000)
    held.release()
    expect((await Promise.all(asked)).map(({ event }) => event.sequence)).toEqual(
      Array.from({ length: 9 }, (_, index) => index + 2),
    )
    expect(host.health().queue).toMatchObject({ entries: 0, bytes: 0, waiting: 0 })
  })

  it('of a host takes a command over the bound when no other is on its way', async () => {
    const { task } = await startHost({ maxBytesInFlight: 100 })
    const ref = await task('t-1')
    const outcomes = await Promise.all([ref.ask('Write', { note: 'x'.repeat(9_000) }), ref.ask('Start')])
    expect(outcomes.map(({ event }) => event.sequence)).toEqual([2, 3])
  })
})
