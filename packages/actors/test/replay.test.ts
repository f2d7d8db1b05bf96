// Load and replay: an entity that comes back is what it was, and its blobs are put back, no more and no fewer.
import { canonicalJson } from '@perdure/core'
import type { CommitUnit, EntityEvent, LoadedEntity } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { long, taskSpec } from './helpers/task-spec.ts'

const key = { tenant: 'default', type: 'Task', id: 't-1' }

/** A task with every kind of field overflowed, and what it is. */
async function largeTask(test: TestHost) {
  const ref = await test.task('t-1')
  await ref.ask('Write', { note: long('n'), draft: long('d'), paper: long('p') })
  await Promise.all(Array.from({ length: 20 }, (_, tag) => ref.ask('Tag', { tag: `tag ${tag}` })))
  return { ref, state: await ref.state() }
}

/** Loses blobs of a task as it is stored. */
async function loseBlobs({ memory }: TestHost, hashes: readonly (string | undefined)[]): Promise<void> {
  for (const hash of hashes) memory.tamper.deleteBlob('default', hash ?? 'none')
}

describe('replay', () => {
  it('replay re-persists overflow blobs and hydration resolves', async () => {
    const test = await startHost()
    const { state } = await largeTask(test)
    const stored = await test.memory.stats()
    await loseBlobs(test, [state.refs['note']?.hash, state.refs['draft']?.hash, state.refs['tags']?.hash])
    expect((await test.memory.stats()).blobs).toBe(1)

    const first = await test.another()
    const replayed = await first.host.entity('Task', 't-1').state({ hydrate: true })
    expect(replayed.fields).toMatchObject({ note: long('n'), draft: long('d'), paper: long('p') })
    expect(replayed.fields['tags']).toEqual(Array.from({ length: 20 }, (_, tag) => `tag ${tag}`))
    expect(await test.memory.stats()).toEqual(stored)

    const second = await test.another()
    expect({ ...(await second.host.entity('Task', 't-1').state()) }).toEqual({ ...state })
    expect(await test.memory.stats()).toEqual(stored)
    expect(second.storage.calls.get('restoreClaims')).toBeUndefined()
  })

  it('replay recovers a blob whose write was dropped', async () => {
    const test = await startHost()
    const ref = await test.task('t-1')
    // A storage that loses the content on the way: the event and the state are there, the blob never was.
    const commit = test.memory.commit.bind(test.memory)
    test.memory.commit = (units: readonly CommitUnit[]) =>
      commit(units.map((unit) => ({ ...unit, blobs: [], claims: [] })))
    const { state } = await ref.ask('Write', { note: long('n') })
    test.memory.commit = commit
    expect(await test.memory.stats()).toMatchObject({ blobs: 0, refs: 0, events: 2 })

    const next = await test.another()
    expect(await next.host.entity('Task', 't-1').readField('note')).toBe(long('n'))
    expect(await test.memory.stats()).toMatchObject({ blobs: 1, refs: 1, events: 2 })
    expect(next.log).toMatchObject([{ level: 'info', facts: { entity: 'Task/t-1', blobs: 1 } }])
    expect({ ...(await next.host.entity('Task', 't-1').state()) }).toEqual({ ...state })
  })

  it('puts back a blob of a field that is older than the snapshot, from its event', async () => {
    const test = await startHost()
    const { ref, state } = await largeTask(test)
    await ref.ask('Start')
    expect(
      (await test.memory.load(key, { specHash: (await lastEvent(test)).specHash }))?.snapshot?.sequence,
    ).toBeGreaterThan(2)
    await loseBlobs(test, [state.refs['note']?.hash])
    const next = await test.another()
    expect(await next.host.entity('Task', 't-1').readField('note')).toBe(long('n'))
  })

  it('does not put back content that has been superseded', async () => {
    const test = await startHost()
    const ref = await test.task('t-1')
    await ref.ask('Write', { note: long('old') })
    await ref.ask('Write', { note: long('new') })
    await test.host.sweep()
    const stored = await test.memory.stats()
    expect(stored).toMatchObject({ blobs: 1, refs: 1 })
    const next = await test.another()
    expect(await next.host.entity('Task', 't-1').readField('note')).toBe(long('new'))
    expect(await test.memory.stats()).toEqual(stored)
  })

  it('does not put back content that has expired, and lengthens no life', async () => {
    const test = await startHost()
    const ref = await test.task('t-1')
    const { state } = await ref.ask('Write', { draft: long('d') })
    await test.clock.advance(30_000)
    await loseBlobs(test, [state.refs['draft']?.hash])
    const half = await test.another()
    const revived = await half.host.entity('Task', 't-1').state()
    expect(revived.refs['draft']?.expiresAt).toBe(state.refs['draft']?.expiresAt)
    expect(await half.host.entity('Task', 't-1').readField('draft')).toBe(long('d'))

    await test.clock.advance(30_000)
    await test.host.sweep()
    expect((await test.memory.stats()).blobs).toBe(0)
    const late = await test.another()
    await expect(late.host.entity('Task', 't-1').readField('draft')).rejects.toMatchObject({
      reason: 'expired',
    })
    expect(await test.memory.stats()).toMatchObject({ blobs: 0, refs: 0 })
    expect(late.storage.calls.get('restoreClaims')).toBeUndefined()
  })

  it('runs an entity whose blobs cannot be put back, and says so', async () => {
    const test = await startHost()
    const { state } = await largeTask(test)
    await loseBlobs(test, [state.refs['paper']?.hash, state.refs['note']?.hash])
    const next = await test.another()
    next.storage.fail('restoreClaims', 'storage_failed')
    expect((await next.host.entity('Task', 't-1').ask('Start')).state.status).toBe('Busy')
    expect(next.log).toMatchObject([{ level: 'error' }])
    expect(await next.host.entity('Task', 't-1').readField('note')).toBe(long('n'))
    await expect(next.host.entity('Task', 't-1').readField('paper')).rejects.toMatchObject({
      reason: 'missing',
    })
  })
})

describe('a snapshot', () => {
  it('is taken every so many events, and spares replay the events before it', async () => {
    const test = await startHost()
    const ref = await test.task('t-1')
    for (let count = 0; count < 6; count++) await ref.ask('Add', { amount: 1 })
    const { specHash } = await lastEvent(test)
    const loaded = await test.memory.load(key, { specHash })
    expect(loaded?.snapshot?.sequence).toBe(4)
    expect(loaded?.tail.map(({ sequence }) => sequence)).toEqual([5, 6, 7])
    const next = await test.another()
    expect({ ...(await next.host.entity('Task', 't-1').state()) }).toEqual({ ...(await ref.state()) })
  })

  it('of another spec is not used: the entity is rebuilt under the new one', async () => {
    const test = await startHost()
    const { state } = await largeTask(test)
    const tighter = {
      ...taskSpec,
      variables: taskSpec.variables.map((variable) => ({
        ...variable,
        overflow: { journal: 'value' as const },
      })),
    }
    const next = await test.another({ specs: [tighter] })
    const rebuilt = await next.host.entity('Task', 't-1').state()
    expect(Object.keys(rebuilt.refs)).toEqual(['paper'])
    expect(rebuilt.version).toBe(state.version)
    expect(rebuilt.fields['note']).toBe(long('n'))
  })

  it.each<[damage: string, spoil: (bytes: Uint8Array) => Uint8Array]>([
    ['a flipped bit', (bytes) => bytes.map((byte, index) => (index === bytes.length - 3 ? byte ^ 1 : byte))],
    ['a cut', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['no bytes at all', () => new Uint8Array()],
  ])('damaged by %s is rebuilt from the events, and that is logged', async (_damage, spoil) => {
    const test = await startHost()
    const { state } = await largeTask(test)
    const next = await test.another()
    next.storage.intervene('load', async (carryOut) => {
      const loaded = (await carryOut()) as LoadedEntity
      const { snapshot } = loaded
      return snapshot && { ...loaded, snapshot: { ...snapshot, bytes: spoil(snapshot.bytes) } }
    })
    expect({ ...(await next.host.entity('Task', 't-1').state()) }).toEqual({ ...state })
    expect(next.log).toMatchObject([{ level: 'warn', facts: { entity: 'Task/t-1', reason: 'corrupt' } }])
  })
})

describe('a stream', () => {
  it.each<[damage: string, spoil: (tail: readonly EntityEvent[]) => readonly unknown[]]>([
    ['has a gap', (tail) => tail.toSpliced(1, 1)],
    ['has a repeated event', (tail) => [...tail, tail.at(-1)]],
    ['has an event that is none', (tail) => tail.with(0, { sequence: 1 } as EntityEvent)],
  ])('that %s is an error of that entity alone', async (_damage, spoil) => {
    const test = await startHost()
    await test.task('t-1')
    const ref = test.host.entity('Task', 't-1')
    await ref.ask('Add', { amount: 1 })
    await ref.ask('Add', { amount: 1 })
    await test.task('t-2')
    const next = await test.another()
    for (let count = 0; count < 2; count++) {
      next.storage.intervene('load', async (carryOut) => {
        const loaded = (await carryOut()) as LoadedEntity
        return { ...loaded, tail: spoil(loaded.tail) }
      })
    }
    const broken = next.host.entity('Task', 't-1')
    await expect(broken.ask('Start')).rejects.toMatchObject({
      code: 'corrupt_stream',
      details: { entity: 'Task/t-1' },
    })
    await expect(broken.state()).rejects.toMatchObject({ code: 'corrupt_stream' })
    expect((await next.host.entity('Task', 't-2').ask('Start')).event.sequence).toBe(2)
  })
})

describe('events that hold large values by reference', () => {
  it('replay to the same state, and hold nothing of the value', async () => {
    const test = await startHost()
    const ref = await test.task('t-1')
    const { event, state } = await ref.ask('Write', { paper: long('p') })
    expect(canonicalJson(event as never)).not.toContain('pppp')
    const next = await test.another()
    expect({ ...(await next.host.entity('Task', 't-1').state()) }).toEqual({ ...state })
    expect(await next.host.entity('Task', 't-1').readField('paper')).toBe(long('p'))
  })
})

async function lastEvent({ memory }: TestHost): Promise<EntityEvent> {
  const event = (await memory.readEvents(key)).at(-1)
  if (event === undefined) throw new Error('no event')
  return event
}
