import { describe, expect, it } from 'vitest'
import { hashContent } from '@perdure/core'
import type { CommitUnit, EntityEvent, EntityKey } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'

// What is special about memory: it shares a heap with its callers. The contract itself is held by the testkit.

const entity: EntityKey = { tenant: 'default', type: 'Session', id: 's-1' }
const bytes = new TextEncoder().encode('"content"')
const blob = { hash: hashContent(bytes), size: bytes.length, bytes }

function unitOf(params: EntityEvent['params']): CommitUnit {
  const event: EntityEvent = {
    ...entity,
    sequence: 1,
    eventId: 'e-1',
    action: 'Created',
    from: '',
    to: 'Open',
    params,
    effects: [],
    at: 1_000,
    specHash: 'spec',
    specVersion: 1,
  }
  const snapshot = { sequence: 1, specHash: 'spec', bytes }
  const claims = [{ field: 'f', hash: blob.hash }]
  return {
    entity,
    expectedVersion: 0,
    events: [event],
    status: 'Open',
    blobs: [blob],
    claims,
    releases: [],
    snapshot,
  }
}

describe('memory storage', () => {
  it('keeps an event as it was, whatever becomes of the object it was given', async () => {
    const storage = openMemoryStorage()
    const params = { list: [1] }
    await storage.commit([unitOf(params)])
    params.list.push(2)
    expect((await storage.readEvents(entity))[0]?.params).toEqual({ list: [1] })
  })

  it('hands every reader an event of its own', async () => {
    const storage = openMemoryStorage()
    await storage.commit([unitOf({ list: [1] })])
    const [first] = await storage.readEvents(entity)
    Object.assign(first?.params ?? {}, { list: 'changed' })
    expect((await storage.readEvents(entity))[0]?.params).toEqual({ list: [1] })
  })

  it('copies the bytes of blobs and snapshots on the way in and on the way out', async () => {
    const storage = openMemoryStorage()
    const given = new Uint8Array(bytes)
    const unit = unitOf({})
    await storage.commit([
      {
        ...unit,
        blobs: [{ ...blob, bytes: given }],
        snapshot: { sequence: 1, specHash: 'spec', bytes: given },
      },
    ])
    given.fill(0)
    ;(await storage.readBlob('default', blob.hash))?.fill(0)
    ;(await storage.load(entity, { specHash: 'spec' }))?.snapshot?.bytes.fill(0)
    expect(await storage.readBlob('default', blob.hash)).toEqual(bytes)
    expect((await storage.load(entity, { specHash: 'spec' }))?.snapshot?.bytes).toEqual(bytes)
  })

  it('takes a limit of its own for the size of an event', async () => {
    const storage = openMemoryStorage({ maxEventBytes: 300 })
    const [result] = await storage.commit([unitOf({ text: 'x'.repeat(300) })])
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'unit_refused' } })
    expect(await storage.readHeads([entity])).toEqual([undefined])
  })

  it('counts the limit in UTF-8 bytes', async () => {
    const storage = openMemoryStorage({ maxEventBytes: 600 })
    const [result] = await storage.commit([unitOf({ text: '☃'.repeat(200) })])
    expect(result?.kind).toBe('refused')
  })

  it('keeps of an entity its tenant, type and id, and nothing else it was given', async () => {
    const storage = openMemoryStorage()
    await storage.commit([{ ...unitOf({}), entity: Object.assign({ note: 'not ours' }, entity) }])
    const head = { ...entity, version: 1, status: 'Open', updatedAt: 1_000 }
    expect(await storage.readHeads([entity])).toEqual([head])
  })

  it('refuses a unit that holds an event of another entity', async () => {
    const storage = openMemoryStorage()
    for (const other of [{ tenant: 'other' }, { type: 'Other' }, { id: 'other' }]) {
      const unit = unitOf({})
      const [result] = await storage.commit([{ ...unit, entity: { ...entity, ...other } }])
      expect(result).toMatchObject({ kind: 'refused', error: { code: 'unit_refused' } })
    }
  })

  it('does not give out content whose length is not the one it came with', async () => {
    const storage = openMemoryStorage()
    await storage.commit([{ ...unitOf({}), blobs: [{ ...blob, size: blob.size + 1 }] }])
    await expect(storage.readBlob('default', blob.hash)).rejects.toMatchObject({ code: 'corrupt_blob' })
  })

  it('says where it stands on durability: nothing survives', () => {
    expect(openMemoryStorage().capabilities).toEqual({
      durable: false,
      survivesPowerLoss: false,
      shared: false,
      maxEventBytes: 16 * 1024 ** 2,
    })
  })
})
