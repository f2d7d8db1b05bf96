import { isPerdureError } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { long, tightTaskSpec } from './helpers/task-spec.ts'
import { startHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

describe('spawn', () => {
  it('creates an entity with its variables at their initial values', async () => {
    const { host } = await startHost()
    const task = await host.spawn('Task', { id: 't-1' })
    expect({ ...(await task.state()) }).toEqual({
      status: 'Open',
      version: 1,
      counters: { count: 0 },
      numbers: {},
      booleans: {},
      lists: { tags: [] },
      fields: { status: 'Open', note: '', draft: null, paper: '', count: 0, tags: [], parent: null },
      refs: {},
    })
  })

  it('makes an id when none is given, a new one each time', async () => {
    const { host } = await startHost()
    const [one, other] = [await host.spawn('Task'), await host.spawn('Task')]
    expect(one.id).not.toBe('')
    expect(one.id).not.toBe(other.id)
    expect((await other.state()).version).toBe(1)
  })

  it('takes initial fields, undeclared ones too', async () => {
    const { task } = await startHost()
    const state = await (await task('t-1', { count: 3, note: 'hi', colour: 'red' })).state()
    expect(state.counters).toEqual({ count: 3 })
    expect(state.fields).toMatchObject({ count: 3, note: 'hi', colour: 'red' })
  })

  it('refuses an id that is taken, and names the way out', async () => {
    const { task } = await startHost()
    await task('t-1')
    await expect(task('t-1')).rejects.toMatchObject({
      code: 'entity_exists',
      message: expect.stringMatching('ifAbsent') as unknown,
    })
  })

  it('uses the entity that exists when it is asked to', async () => {
    const { host, task } = await startHost()
    await (await task('t-1')).ask('Add', { amount: 2 })
    const same = await host.spawn('Task', { id: 't-1', ifAbsent: true, fields: { count: 9 } })
    expect((await same.state()).counters).toEqual({ count: 2 })
  })

  it('uses no deleted entity in place of a new one', async () => {
    const { host, task } = await startHost()
    await (await task('t-1')).delete()
    await expect(host.spawn('Task', { id: 't-1', ifAbsent: true })).rejects.toMatchObject({
      code: 'entity_exists',
      isDeleted: true,
    })
  })

  it('keeps equal ids of two tenants and of two types apart', async () => {
    const { host, task } = await startHost()
    await (await task('t-1')).ask('Add', { amount: 1 })
    const theirs = await host.spawn('Task', { id: 't-1', tenant: 'acme' })
    expect((await theirs.state()).counters).toEqual({ count: 0 })
    expect((await host.entity('Task', 't-1').state()).counters).toEqual({ count: 1 })
  })
})

describe('ask', () => {
  it('answers with the event and the state after it', async () => {
    const { task, clock } = await startHost()
    const { event, state } = await (
      await task('t-1')
    ).ask('Add', { amount: 2 }, { correlationId: 'c', causationId: 'd' })
    expect(event).toMatchObject({
      sequence: 2,
      action: 'Add',
      from: 'Open',
      to: 'Open',
      params: { amount: 2 },
      effects: [['count', '+', 2]],
      at: clock.now(),
      correlationId: 'c',
      causationId: 'd',
    })
    expect(state).toMatchObject({ version: 2, counters: { count: 2 } })
  })

  it('keeps its own copy of the params', async () => {
    const { task, host } = await startHost()
    const params = { draft: { list: [1] } }
    const asked = (await task('t-1')).ask('Write', params)
    params.draft.list.push(2)
    await asked
    expect((await host.entity('Task', 't-1').state()).fields['draft']).toEqual({ list: [1] })
  })

  it('answers with the error instead of throwing it when it is tried', async () => {
    const { task } = await startHost()
    const result = await (await task('t-1')).tryAsk('Close')
    expect(result.ok).toBe(false)
    expect(!result.ok && isPerdureError(result.error, 'wrong_status')).toBe(true)
  })

  it('carries a told action out, and logs the refusal of one nobody waits for', async () => {
    const { task, log } = await startHost()
    const ref = await task('t-1')
    ref.tell('Start')
    ref.tell('Start')
    await turn()
    expect((await ref.state()).status).toBe('Busy')
    expect(log.filter(({ level }) => level === 'warn')).toMatchObject([{ facts: { code: 'wrong_status' } }])
  })
})

describe('fields', () => {
  it('shows a large field as a reference, and as its value when hydrated', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    await ref.ask('Write', { note: long('a'), draft: { b: long('b') } })
    const plain = await ref.state()
    expect(Object.keys(plain.refs).sort()).toEqual(['draft', 'note'])
    expect(plain.fields).not.toHaveProperty('note')
    const hydrated = await ref.state({ hydrate: true })
    expect(hydrated.refs).toEqual({})
    expect(hydrated.fields).toMatchObject({ note: long('a'), draft: { b: long('b') } })
  })

  it('prints a reference as a $blob with its key, size and expiry', async () => {
    const { task, clock } = await startHost()
    const { state } = await (await task('t-1')).ask('Write', { draft: long('b') })
    const { hash, size } = state.refs['draft'] ?? { hash: '', size: 0 }
    expect(JSON.parse(JSON.stringify(state)).fields.draft).toEqual({
      $blob: { key: `field-overflow/sha256/${hash}.json`, size, expiresAt: clock.now() + 60_000 },
    })
  })

  it.each<[what: string, value: unknown, text: string]>([
    ['a string', 'x', 'x'],
    ['a string with quotes and umlauts', 'ä"\n', 'ä"\n'],
    ['null', null, ''],
    ['an object', { b: 1, a: [true] }, '{"a":[true],"b":1}'],
    ['a list', [1, 'two'], '[1,"two"]'],
  ])('reads %s to the same value and bytes, inline and overflowed', async (_what, value, text) => {
    const readers = [await startHost(), await startHost({ specs: [tightTaskSpec] })]
    for (const { task } of readers) {
      const ref = await task('t-1')
      await ref.ask('Write', { draft: value })
      expect(await ref.readField('draft')).toEqual(value)
      expect(await ref.readFieldString('draft')).toBe(text)
      expect(Buffer.from(await ref.readFieldBytes('draft')).toString('utf8')).toBe(text)
    }
  })

  it('reads an unset field as undefined, as no text and as no bytes', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    expect(await ref.readField('colour')).toBeUndefined()
    expect(await ref.readField('toString')).toBeUndefined()
    expect(await ref.readFieldString('colour')).toBe('')
    expect(await ref.readFieldBytes('colour')).toHaveLength(0)
  })

  it('takes a value that looks like a reference for a value', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const { state } = await ref.ask('Write', { note: long('secret') })
    const forged = { $blob: { key: `field-overflow/sha256/${state.refs['note']?.hash}.json`, size: 602 } }
    await ref.ask('Write', { draft: forged })
    expect(await ref.readField('draft')).toEqual(forged)
    expect((await ref.state({ hydrate: true })).fields['draft']).toEqual(forged)
  })

  it('reads an expired field as unavailable, and leaves it a reference when hydrating', async () => {
    const { task, clock } = await startHost()
    const ref = await task('t-1')
    await ref.ask('Write', { draft: long('b') })
    await clock.advance(59_999)
    expect(await ref.readField('draft')).toBe(long('b'))
    await clock.advance(1)
    await expect(ref.readField('draft')).rejects.toMatchObject({
      code: 'field_unavailable',
      reason: 'expired',
    })
    expect(Object.keys((await ref.state({ hydrate: true })).refs)).toEqual(['draft'])
  })

  it('reads a damaged field as corrupt, and one that is nowhere any more as missing', async () => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    const { state } = await ref.ask('Write', { note: long('a'), paper: long('p') })
    memory.tamper.corruptBlob('default', state.refs['note']?.hash ?? '')
    await expect(ref.readField('note')).rejects.toMatchObject({ reason: 'corrupt' })
    memory.tamper.deleteBlob('default', state.refs['paper']?.hash ?? '')
    await expect(ref.readField('paper')).rejects.toMatchObject({ reason: 'missing' })
    await expect(ref.state({ hydrate: true })).rejects.toMatchObject({ code: 'field_unavailable' })
  })

  it('sets fields directly, under their types, and gives a variable its zero for null', async () => {
    const { task } = await startHost()
    const ref = await task('t-1', { count: 4 })
    const { event, state } = await ref.updateFields({ count: 7, colour: 'blue', tags: ['x'] })
    expect(event.action).toBe('FieldsUpdated')
    expect(state.counters).toEqual({ count: 7 })
    expect(state.lists).toEqual({ tags: ['x'] })
    expect(state.fields).toMatchObject({ count: 7, colour: 'blue', tags: ['x'] })
    expect((await ref.updateFields({ count: null })).state.counters).toEqual({ count: 0 })
    await expect(ref.updateFields({ count: -1 })).rejects.toMatchObject({ code: 'wrong_param_type' })
    await expect(ref.updateFields({ count: 11 })).rejects.toMatchObject({ code: 'invariant_violated' })
  })
})

describe('subscribe', () => {
  it('tells every committed state from then on, until it is ended', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const seen: number[] = []
    const subscription = ref.subscribe(({ version }) => seen.push(version))
    await ref.ask('Start')
    await ref.ask('Add', { amount: 1 })
    subscription.unsubscribe()
    await ref.ask('Add', { amount: 1 })
    expect(seen).toEqual([2, 3])
  })

  it('tells nothing of a state that was only read', async () => {
    const { host, task } = await startHost()
    const ref = await task('t-1')
    host.passivate('Task', 't-1')
    const seen: number[] = []
    ref.subscribe(({ version }) => seen.push(version))
    await ref.state()
    expect(seen).toEqual([])
    await ref.ask('Start')
    expect(seen).toEqual([2])
  })

  it('goes on when the entity leaves memory and comes back', async () => {
    const { host, task } = await startHost()
    const ref = await task('t-1')
    const seen: number[] = []
    ref.subscribe(({ version }) => seen.push(version))
    await ref.ask('Start')
    host.passivate('Task', 't-1')
    await ref.ask('Add', { amount: 1 })
    expect(seen).toEqual([2, 3])
  })

  it('lets one that throws disturb neither the others nor the entity', async () => {
    const { task, log } = await startHost()
    const ref = await task('t-1')
    const seen: number[] = []
    ref.subscribe(() => {
      throw new Error('oops')
    })
    ref.subscribe(({ version }) => seen.push(version))
    await ref.ask('Start')
    await ref.ask('Add', { amount: 1 })
    expect(seen).toEqual([2, 3])
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(2)
  })

  it('tells one that subscribes anew in its callback of the next state only', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const seen: number[] = []
    ref.subscribe(() => {})
    const once = (): void => {
      const subscription = ref.subscribe(({ version }) => {
        seen.push(version)
        subscription.unsubscribe()
        once()
      })
    }
    once()
    await ref.ask('Start')
    await ref.ask('Add', { amount: 1 })
    expect(seen).toEqual([2, 3])
  })
})

describe('history', () => {
  it('gives every committed event, oldest first, beyond one page', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    await Promise.all(Array.from({ length: 1_200 }, () => ref.ask('Add', { amount: 0 })))
    const sequences: number[] = []
    for await (const event of ref.history()) sequences.push(event.sequence)
    expect(sequences).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1))
  })

  it('is empty for an entity that was never created', async () => {
    const { host } = await startHost()
    for await (const event of host.entity('Task', 'none').history()) expect.unreachable(event.eventId)
  })
})

describe('entities', () => {
  it('goes through all of a type, in order of id, beyond one page', async () => {
    const { host } = await startHost()
    const ids = Array.from({ length: 1_001 }, (_, index) => `t-${String(index).padStart(4, '0')}`)
    await Promise.all(ids.map((id) => host.spawn('Task', { id })))
    const seen: string[] = []
    for await (const { id } of host.entities('Task')) seen.push(id)
    expect(seen).toEqual(ids)
  })

  it('filters by status and tenant, and leaves deleted ones out unless asked for', async () => {
    const { host, task } = await startHost()
    await (await task('a')).ask('Start')
    await (await task('b')).delete()
    await task('c')
    await host.spawn('Task', { id: 'd', tenant: 'acme' })
    const idsOf = async (filter: Parameters<typeof host.entities>[1]) => {
      const ids: string[] = []
      for await (const { id } of host.entities('Task', filter)) ids.push(id)
      return ids
    }
    expect(await idsOf({})).toEqual(['a', 'c'])
    expect(await idsOf({ status: 'Busy' })).toEqual(['a'])
    expect(await idsOf({ includeDeleted: true })).toEqual(['a', 'b', 'c'])
    expect(await idsOf({ tenant: 'acme' })).toEqual(['d'])
  })
})

describe('delete', () => {
  it('ends the entity with a tombstone that nothing follows; its history stays', async () => {
    const { host, task, clock } = await startHost()
    const ref = await task('t-1')
    const { event, state } = await ref.delete()
    expect(event).toMatchObject({ action: 'Deleted', sequence: 2 })
    expect(state).toMatchObject({ status: 'Open', deletedAt: clock.now() })
    for (const attempt of [
      () => ref.ask('Start'),
      () => ref.updateFields({ count: 1 }),
      () => ref.delete(),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'entity_deleted' })
    }
    await expect(host.spawn('Task', { id: 't-1' })).rejects.toMatchObject({
      code: 'entity_exists',
      isDeleted: true,
    })
    const actions: string[] = []
    for await (const { action } of ref.history()) actions.push(action)
    expect(actions).toEqual(['Created', 'Deleted'])
    expect(host.residents).toBe(0)
    expect((await ref.state()).deletedAt).toBe(clock.now())
  })

  it('happens too when an action enters the status Deleted', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    expect((await ref.ask('Scrap')).state.deletedAt).toBeDefined()
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'entity_deleted' })
  })

  it('refuses what was asked behind it before it committed', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const [deleted, late] = await Promise.all([ref.delete(), ref.tryAsk('Start')])
    expect(deleted.event.sequence).toBe(2)
    expect(late).toMatchObject({ ok: false, error: { code: 'entity_deleted' } })
  })
})

describe('passivate', () => {
  it('lets go of an idle entity, which comes back as it was', async () => {
    const { host, task } = await startHost()
    const ref = await task('t-1')
    const { state } = await ref.ask('Write', { note: long('a') })
    expect(host.passivate('Task', 't-1')).toBe(true)
    expect(host.residents).toBe(0)
    expect({ ...(await ref.state()) }).toEqual({ ...state })
    expect((await ref.ask('Start')).event.sequence).toBe(3)
  })

  it('does not let go of one with something to do, or of one that is not there', async () => {
    const { host, storage, task } = await startHost()
    const ref = await task('t-1')
    expect(host.passivate('Task', 'none')).toBe(false)
    const held = storage.hold('commit')
    const asked = ref.ask('Start')
    expect(host.passivate('Task', 't-1')).toBe(false)
    held.release()
    await asked
    expect(host.passivate('Task', 't-1')).toBe(true)
    const loading = storage.hold('load')
    const read = ref.state()
    expect(host.passivate('Task', 't-1')).toBe(false)
    loading.release()
    expect((await read).status).toBe('Busy')
  })
})
