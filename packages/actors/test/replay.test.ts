// Load and replay: an entity that comes back is what it was, and its blobs are put back, no more and no fewer.
import { canonicalJson, hashContent } from '@perdure/core'
import type { CommitUnit, EntityEvent, LoadedEntity, OverflowPolicy } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { turn } from './helpers/virtual-clock.ts'
import { startHost } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { long, specOf, taskSpec } from './helpers/task-spec.ts'

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

  it('runs an entity whose blobs cannot be put back, and puts them back behind', async () => {
    const test = await startHost()
    const { state } = await largeTask(test)
    await loseBlobs(test, [state.refs['paper']?.hash, state.refs['note']?.hash])
    const next = await test.another()
    next.storage.fail('restoreClaims', 'storage_failed')
    expect((await next.host.entity('Task', 't-1').ask('Start')).state.status).toBe('Busy')
    expect(next.log).toMatchObject([{ level: 'warn' }, { level: 'info' }])
    expect(next.storage.calls.get('restoreClaims')).toBe(2)
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
  ])(
    'that %s is an error of that entity alone, which is quarantined until it is released',
    async (_damage, spoil) => {
      const test = await startHost()
      await test.task('t-1')
      const ref = test.host.entity('Task', 't-1')
      await ref.ask('Add', { amount: 1 })
      await ref.ask('Add', { amount: 1 })
      await test.task('t-2')
      const next = await test.another()
      // Once is enough: what cannot be read is not read again at once.
      next.storage.intervene('load', async (carryOut) => {
        const loaded = (await carryOut()) as LoadedEntity
        return { ...loaded, tail: spoil(loaded.tail) }
      })
      const broken = next.host.entity('Task', 't-1')
      await expect(broken.ask('Start')).rejects.toMatchObject({
        code: 'corrupt_stream',
        details: { entity: 'Task/t-1' },
      })
      // Told once; from there on it is in quarantine, for reads and commands alike, until it is released or looked at again.
      const quarantined = {
        code: 'entity_quarantined',
        details: { entity: 'Task/t-1', kind: 'unreadable', cause: 'corrupt_stream' },
      }
      await expect(broken.state()).rejects.toMatchObject(quarantined)
      await expect(broken.ask('Start')).rejects.toMatchObject(quarantined)
      expect(next.host.health()).toMatchObject({
        state: 'degraded',
        quarantined: [
          { tenant: 'default', type: 'Task', id: 't-1', kind: 'unreadable', code: 'corrupt_stream' },
        ],
      })
      expect(next.host.release('Task', 't-1')).toBe(true)
      expect((await broken.state()).version).toBe(3)
      expect(next.host.health()).toMatchObject({ state: 'running', quarantined: [] })
      expect((await next.host.entity('Task', 't-2').ask('Start')).event.sequence).toBe(2)
    },
  )
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

describe('a stored snapshot that is damaged', () => {
  it('is counted, and the entity rebuilt from its events: every cut, and every flipped bit', async () => {
    const test = await startHost()
    const { state } = await largeTask(test)
    const { specHash } = await lastEvent(test)
    const stored = (await test.memory.load(key, { specHash }))?.snapshot
    if (stored === undefined) throw new Error('there is no snapshot')
    const { bytes } = stored
    const damages = [
      ...Array.from({ length: 40 }, (_, index) => bytes.subarray(0, Math.floor((bytes.length * index) / 40))),
      ...Array.from({ length: 40 }, (_, index) => {
        const damaged = Uint8Array.from(bytes)
        const bit = Math.floor((bytes.length * 8 * index) / 40)
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return damaged
      }),
    ]
    const next = await test.another()
    for (const [index, damaged] of damages.entries()) {
      next.storage.intervene('load', async (carryOut) => {
        const loaded = (await carryOut()) as LoadedEntity
        return { ...loaded, snapshot: { ...stored, bytes: damaged } }
      })
      expect({ ...(await next.host.entity('Task', 't-1').state()) }).toEqual({ ...state })
      expect(next.host.activationCounts.snapshotsDiscarded.corrupt).toBe(index + 1)
      expect(next.host.passivate('Task', 't-1')).toBe(true)
    }
    expect(next.storage.calls.get('readPage')).toBe(damages.length)
  })

  it('is counted apart when a later version of the package wrote it', async () => {
    const test = await startHost()
    const { state } = await largeTask(test)
    const next = await test.another()
    next.storage.intervene('load', async (carryOut) => {
      const loaded = (await carryOut()) as LoadedEntity
      const header = `{"format":99,"type":"Task","sequence":${loaded.snapshot?.sequence}}\n?`
      const bytes = Buffer.from(`${hashContent(header)}\n${header}`)
      return { ...loaded, snapshot: { ...loaded.snapshot, bytes } }
    })
    expect({ ...(await next.host.entity('Task', 't-1').state()) }).toEqual({ ...state })
    expect(next.host.activationCounts.snapshotsDiscarded).toMatchObject({ corrupt: 0, unknown_format: 1 })
  })
})

describe('claims after ceilings or lifetimes have changed', () => {
  /** The task with other policies for some of its fields. */
  function changed(policies: Readonly<Record<string, Partial<OverflowPolicy>>>) {
    const variables = taskSpec.variables.map((variable) => {
      const { name, overflow } = variable
      return { ...variable, overflow: { ...overflow, ...policies[name] } }
    })
    return { specs: [{ ...taskSpec, variables }] }
  }

  async function written() {
    const test = await startHost()
    const ref = await test.task('t-1')
    const { state } = await ref.ask('Write', { note: long('n'), draft: long('d') })
    return { test, state }
  }

  it('are released by activation when the field fits inline again, and stay released', async () => {
    const { test, state } = await written()
    const next = await test.another(changed({ note: { inlineMaxBytes: 1_000 } }))
    const roomy = await next.host.entity('Task', 't-1').state()
    expect(roomy.fields['note']).toBe(long('n'))
    const note = { field: 'note', hash: state.refs['note']?.hash ?? '' }
    expect(await test.memory.findMissingClaims(key, [note])).toEqual([note])
    expect(next.host.activationCounts.claimsAligned).toBe(1)
    await next.host.entity('Task', 't-1').ask('Write', { note: long('m') })
    await next.host.sweep()
    expect(await test.memory.stats()).toMatchObject({ blobs: 1, refs: 1 })
  })

  it('are released also when only the ceiling of the host has changed', async () => {
    const test = await startHost({ specs: [looseSpec], inlineMaxBytes: 64 })
    const ref = await test.host.spawn('Note', { id: 'n-1' })
    await ref.ask('Write', { text: long('n') })
    expect(await test.memory.stats()).toMatchObject({ refs: 1 })
    const next = await test.another({ inlineMaxBytes: 1_000 })
    expect((await next.host.entity('Note', 'n-1').state()).fields['text']).toBe(long('n'))
    await next.host.sweep()
    expect(await test.memory.stats()).toMatchObject({ blobs: 0, refs: 0 })
  })

  it.each([
    ['longer', { ttlSeconds: 600 }, 60_000],
    ['shorter', { ttlSeconds: 30 }, 30_000],
  ] as const)('live as the state says once the lifetime is %s', async (what, policy, ends) => {
    const { test } = await written()
    const start = test.clock.now()
    const next = await test.another(changed({ draft: policy }))
    const { refs } = await next.host.entity('Task', 't-1').state()
    expect(refs['draft']?.expiresAt).toBe(start + policy.ttlSeconds * 1_000)
    await test.clock.advance(ends)
    const { expiredRefs } = await test.memory.sweep({ now: test.clock.now() })
    expect(expiredRefs).toBe(what === 'longer' ? 0 : 1)
  })

  it('are left as they are while nothing has changed, and asked for only by entities that could have any', async () => {
    const { test } = await written()
    const { host } = await test.another({ specs: [countSpec] })
    await host.spawn('Count', { id: 'c-1' })
    const before = await test.memory.stats()
    const next = await test.another({ specs: [taskSpec, countSpec] })
    await next.host.entity('Task', 't-1').state()
    expect(next.host.activationCounts.claimsAligned).toBe(0)
    expect(next.storage.calls.get('alignClaims')).toBe(1)
    await next.host.entity('Count', 'c-1').state()
    expect(next.storage.calls.get('alignClaims')).toBe(1)
    expect(await test.memory.stats()).toEqual(before)
  })

  it('are not asked for where storage knows that there are none, until there are', async () => {
    const test = await startHost({ specs: [looseSpec], inlineMaxBytes: 1_000 })
    const ref = await test.host.spawn('Note', { id: 'n-1' })
    await ref.ask('Write', { text: long('n') })
    const next = await test.another()
    await next.host.entity('Note', 'n-1').state()
    expect(next.storage.calls.get('alignClaims')).toBeUndefined()

    const tight = await test.another({ inlineMaxBytes: 64 })
    expect((await tight.host.entity('Note', 'n-1').state()).refs['text']).toBeDefined()
    expect(await test.memory.stats()).toMatchObject({ refs: 1 })
    const roomy = await test.another()
    expect((await roomy.host.entity('Note', 'n-1').state()).refs).toEqual({})
    expect(await test.memory.stats()).toMatchObject({ refs: 0 })
  })

  it('do not keep the entity from running when they cannot be aligned, and are aligned behind', async () => {
    const { test } = await written()
    const next = await test.another(changed({ note: { inlineMaxBytes: 1_000 } }))
    next.storage.fail('alignClaims', 'storage_failed')
    next.storage.fail('alignClaims', 'storage_unavailable')
    expect((await next.host.entity('Task', 't-1').state()).version).toBe(2)
    expect(await test.memory.stats()).toMatchObject({ refs: 2 })
    await turn()
    expect(next.host.health()).toMatchObject({
      state: 'degraded',
      degraded: [{ operation: 'blobTouch', about: 'Task/t-1', code: 'storage_unavailable' }],
    })
    await next.clock.advance(1_000)
    expect(await test.memory.stats()).toMatchObject({ refs: 1 })
    expect(next.host.health()).toMatchObject({ state: 'running', degraded: [] })
  })
})

const countSpec = specOf(`
[automaton]
name = "Count"
states = ["Open"]
initial = "Open"

[[state]]
name = "count"
type = "counter"

[[action]]
name = "Add"
effect = "count += 1"
`)

const looseSpec = specOf(`
[automaton]
name = "Note"
states = ["Open"]
initial = "Open"

[[state]]
name = "text"

[[action]]
name = "Write"
params = ["text"]
`)
