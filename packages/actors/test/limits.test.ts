// Every limit at its bound and one over: what is over is a typed refusal before anything is stored.
import { defaultLimits } from '@perdure/core'
import type { Limits } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import type { EntityRef } from '../src/index.ts'
import { startHost, traces } from './helpers/start-host.ts'
import { specOf } from './helpers/task-spec.ts'

const boxSpec = specOf(`
[automaton]
name = "Box"
states = ["Open", "Shut"]
initial = "Open"

[[state]]
name = "items"
type = "list"

[[state]]
name = "text"

[[state]]
name = "data"
type = "json"

[[state]]
name = "copy"

[[state]]
name = "big"
overflow_inline_max_bytes = 100

[[action]]
name = "Put"
params = ["text", "big", { name = "data", type = "json" }]

[[action]]
name = "Fill"
params = [{ name = "items", type = "list" }]
effect = "items = params.items"

[[action]]
name = "Copy"
params = ["text"]
effect = "copy = params.text"

[[action]]
name = "Append"
params = [{ name = "item", type = "json", required = true }]
effect = "append(items, params.item)"

[[state]]
name = "tail"
type = "list"
overflow_inline_max_bytes = 100_000

[[action]]
name = "Lengthen"
params = ["item"]
effect = "append(tail, params.item)"

[[action]]
name = "Shorten"
effect = "remove_at(tail, 0)"

[[action]]
name = "Shut"
to = "Shut"
`)

async function startBox(limits: Partial<Limits> = {}) {
  // Ceilings out of the way: what is inline is what counts.
  const stage = await startHost({ specs: [boxSpec], limits, inlineMaxBytes: 2 ** 40 })
  const box = await stage.host.spawn('Box', { id: 'b' })
  return { ...stage, box }
}

/** Bytes of the state as a snapshot holds it. */
async function sizeOf(box: EntityRef): Promise<number> {
  const { status, version, counters, numbers, booleans, lists, fields, refs } = await box.state()
  return Buffer.byteLength(
    JSON.stringify({ status, version, counters, numbers, booleans, lists, fields, refs }),
  )
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

describe('the limit of a state', () => {
  it('takes what ends just at it, and refuses one byte more', async () => {
    const { box, memory } = await startBox({ maxStateBytes: 4_000 })
    await box.ask('Put', { text: '' })
    const room = 4_000 - (await sizeOf(box))
    const before = await traces(memory, 'b')
    const over = await box.tryAsk('Put', { text: 'x'.repeat(room + 1) })
    expect(over).toMatchObject({
      ok: false,
      error: { code: 'payload_too_large', details: { bytes: 4_001, maxBytes: 4_000 } },
    })
    expect(over).toMatchObject({
      error: { message: 'Box/b: the state after Put has 4001 bytes of JSON, and at most 4000 are allowed' },
    })
    expect(await traces(memory, 'b')).toEqual(before)
    await box.ask('Put', { text: 'x'.repeat(room) })
    expect(await sizeOf(box)).toBe(4_000)
  })

  it('is met by many small events as by one large, on a live state and on one that was read', async () => {
    for (const isRead of [false, true]) {
      const { box, host } = await startBox({ maxStateBytes: 20_000 })
      for (let count = 0; ; count++) {
        if (isRead) host.passivate('Box', 'b')
        const { ok } = await box.tryAsk('Append', { item: 'x'.repeat(90) })
        const size = await sizeOf(box)
        expect(size).toBeLessThanOrEqual(20_000)
        if (ok) continue
        // An item is in its list and in its field, with quotes and commas.
        expect(size).toBeGreaterThan(20_000 - 2 * 93 - 1)
        expect(count).toBeGreaterThan(90)
        break
      }
    }
  })

  it('counts what effects copy', async () => {
    const { box } = await startBox({ maxStateBytes: 10_000 })
    await box.ask('Put', { text: 'x'.repeat(6_000) })
    expect(await box.tryAsk('Copy', { text: 'y'.repeat(6_000) })).toMatchObject({ ok: false })
    await box.ask('Copy', { text: 'y'.repeat(4_000) })
  })

  it('counts what has overflowed as a reference', async () => {
    const { box } = await startBox({ maxStateBytes: 4_000 })
    await box.ask('Put', { big: 'x'.repeat(1_000_000) })
    expect(await sizeOf(box)).toBeLessThan(1_000)
  })

  it('counts a list that comes back from a reference when it gets shorter', async () => {
    const { box } = await startBox({ maxStateBytes: 200_000 })
    for (let count = 0; count < 8; count++) await box.ask('Lengthen', { item: 'x'.repeat(11_000) })
    await box.ask('Lengthen', { item: 'x'.repeat(20_000) })
    expect((await box.state()).refs).toHaveProperty('tail')
    expect(await box.tryAsk('Shorten')).toMatchObject({ error: { code: 'payload_too_large' } })
  })

  it('when lowered lets an entity that is over it become smaller, and end', async () => {
    const { box, host, another } = await startBox()
    await box.ask('Put', { text: 'x'.repeat(5_000), data: 'y'.repeat(5_000) })
    await host.stop()
    const { host: strict } = await another({ limits: { maxStateBytes: 4_000 } })
    const again = strict.entity('Box', 'b')
    expect(await again.tryAsk('Append', { item: 1 })).toMatchObject({ error: { code: 'payload_too_large' } })
    await again.ask('Put', { text: '' })
    await again.delete()
  })

  it('is 64 MiB unless a host says otherwise, and can be raised', async () => {
    const most = defaultLimits.maxStateBytes
    const fill = async (limits: Partial<Limits>) => {
      const { box } = await startBox(limits)
      const part = 'x'.repeat(15 * 1024 * 1024)
      for (const field of ['text', 'data']) await box.ask('Put', { [field]: part })
      await box.ask('Copy', { text: part })
      // An item is in the event twice, and in the state three times.
      const item = part.slice(0, 5 * 1024 * 1024)
      await box.ask('Append', { item })
      return box.tryAsk('Append', { item })
    }
    expect(await fill({})).toMatchObject({
      error: { code: 'payload_too_large', details: { maxBytes: most } },
    })
    expect(await fill({ maxStateBytes: 2 * most })).toMatchObject({ ok: true })
  })
})

describe('the limit of an event', () => {
  it('is 16 MiB of the whole event, which it takes to the byte, and can be lowered', async () => {
    for (const limits of [{}, { maxEventBytes: 2_000 }]) {
      const most = { ...defaultLimits, ...limits }.maxEventBytes
      const { box, memory } = await startBox(limits)
      const { event } = await box.ask('Put', { text: '' })
      const room = most - Buffer.byteLength(JSON.stringify(event))
      const before = await traces(memory, 'b')
      const over = await box.tryAsk('Put', { text: 'x'.repeat(room + 1) })
      expect(over).toMatchObject({
        error: { code: 'payload_too_large', details: { bytes: most + 1, maxBytes: most } },
      })
      expect(await traces(memory, 'b')).toEqual(before)
      await box.ask('Put', { text: 'x'.repeat(room) })
    }
  })

  it('cannot be more than the storage takes, and is no more by default', async () => {
    const storage = openMemoryStorage({ maxEventBytes: 3_000 })
    await expect(startHost({ storage, limits: { maxEventBytes: 3_001 } })).rejects.toMatchObject({
      code: 'invalid_option',
      message: /limits.maxEventBytes must be at most the 3000 that the storage takes/,
    })
    const { host } = await startHost({ specs: [boxSpec], storage })
    const box = await host.spawn('Box', { id: 'b' })
    expect(await box.tryAsk('Put', { text: 'x'.repeat(3_000) })).toMatchObject({
      error: { code: 'payload_too_large', details: { maxBytes: 3_000 } },
    })
  })
})

describe('the limit of a list', () => {
  it.each([{ most: 100_000 }, { most: 3 }, { most: 100_005 }])(
    'holds $most items, whole or one by one',
    async ({ most }) => {
      const { box, memory } = await startBox(most === 100_000 ? {} : { maxListItems: most })
      const items = Array.from({ length: most }, () => 0)
      const empty = await traces(memory, 'b')
      expect(await box.tryAsk('Fill', { items: [...items, 0] })).toMatchObject({
        error: { code: 'wrong_param_type', message: new RegExp(`at most ${most} items`) },
      })
      expect(await traces(memory, 'b')).toEqual(empty)
      await box.ask('Fill', { items: items.slice(1) })
      await box.ask('Append', { item: 1 })
      const full = await traces(memory, 'b')
      expect(await box.tryAsk('Append', { item: 1 })).toMatchObject({
        error: { code: 'effect_failed', message: new RegExp(`at most ${most} items`) },
      })
      expect(await traces(memory, 'b')).toEqual(full)
      expect((await box.state()).lists['items']).toHaveLength(most)
    },
  )
})

describe('the limit of nesting', () => {
  it.each([{ most: 256 }, { most: 4 }, { most: 1_000 }])('is $most levels', async ({ most }) => {
    const { box, memory } = await startBox(most === 256 ? {} : { maxNestingDepth: most })
    const before = await traces(memory, 'b')
    // The params are a level themselves.
    expect(await box.tryAsk('Put', { data: nested(most) })).toMatchObject({ error: { code: 'not_json' } })
    expect(await traces(memory, 'b')).toEqual(before)
    await box.ask('Put', { data: nested(most - 1) })
    expect(await box.readField('data')).toEqual(nested(most - 1))
  })

  it('is raised no further than engines bear', async () => {
    await expect(startBox({ maxNestingDepth: 1_001 })).rejects.toMatchObject({
      code: 'invalid_option',
      details: { option: 'limits.maxNestingDepth' },
    })
  })
})

describe('the limit of names', () => {
  it.each([{ most: 255 }, { most: 10 }, { most: 1_000 }])('is $most bytes of UTF-8', async ({ most }) => {
    const { host } = await startBox(most === 255 ? {} : { maxIdBytes: most })
    const fits = `ü${'x'.repeat(most - 2)}`
    const over = `${fits}x`
    for (const [options, code] of [
      [{ id: over }, 'invalid_id'],
      [{ id: 'i', tenant: over }, 'invalid_tenant'],
      [{ id: 'i', idempotencyKey: over }, 'invalid_idempotency_key'],
    ] as const)
      await expect(host.spawn('Box', options)).rejects.toMatchObject({ code })
    const box = await host.spawn('Box', { id: fits, tenant: fits, idempotencyKey: fits })
    expect((await box.state()).version).toBe(1)
  })

  it('is raised no further than an index bears', async () => {
    await expect(startBox({ maxIdBytes: 1_001 })).rejects.toMatchObject({ code: 'invalid_option' })
  })
})
