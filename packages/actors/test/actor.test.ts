// Entities as XState sees them: actors to wait for, to inspect, and to run inside other machines.
import { compileModel, unborn } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { createActor, setup, spawnChild, toPromise, waitFor } from 'xstate'
import type { InspectionEvent } from 'xstate'
import { entityDeps, entityLogic } from '../src/index.ts'
import type { CommandOutcome, EntityActorEvent, EntitySnapshot } from '../src/index.ts'
import { startHost } from './helpers/start-host.ts'
import { taskSpec } from './helpers/task-spec.ts'
import { VirtualClock, turn } from './helpers/virtual-clock.ts'

function standAlone() {
  const storage = openMemoryStorage()
  const log: string[] = []
  const note = (_facts: unknown, message: string): void => {
    log.push(message)
  }
  const logger = { debug: note, info: note, warn: note, error: note }
  const deps = entityDeps({ storage, clock: new VirtualClock(), logger })
  return { storage, log, logic: entityLogic(compileModel(taskSpec), deps) }
}

/** A command as somebody without a host asks it. */
function command(kind: 'create' | 'Start' | 'delete'): {
  event: EntityActorEvent
  outcome: Promise<CommandOutcome>
} {
  let settle: (outcome: CommandOutcome) => void = () => {}
  const outcome = new Promise<CommandOutcome>((resolve) => (settle = resolve))
  const meta = {}
  const asked = {
    create: { kind: 'create', fields: {}, meta },
    delete: { kind: 'delete', meta },
    Start: { kind: 'action', action: 'Start', params: {}, meta },
  } as const
  return { event: { type: 'perdure.ask', request: { command: asked[kind], settle, attempts: 0 } }, outcome }
}

describe('the actor of a host’s entity', () => {
  it('can be waited for with waitFor, from the moment it is taken', async () => {
    const { host, task } = await startHost()
    await (await task('t-1')).ask('Start')
    host.passivate('Task', 't-1')
    const ref = host.entity('Task', 't-1')
    const snapshot = await waitFor(ref.actor, ({ context }) => context?.status === 'Busy')
    expect(snapshot).toMatchObject({
      status: 'active',
      phase: 'running',
      entity: { tenant: 'default', type: 'Task', id: 't-1' },
    })
  })

  it('shows an entity that does not exist as such, until it does', async () => {
    const { host, task } = await startHost()
    const { actor } = host.entity('Task', 't-1')
    await turn()
    expect(actor.getSnapshot()).toMatchObject({ phase: 'unloaded', context: undefined })
    const created = waitFor(actor, ({ context }) => context !== undefined)
    await task('t-1')
    expect((await created).context?.version).toBe(1)
  })

  it('shows committed states only, in its snapshots and to inspectors, with the commands asked', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    const snapshots: EntitySnapshot[] = []
    const inspected: InspectionEvent[] = []
    ref.actor.subscribe((snapshot) => snapshots.push(snapshot))
    ref.actor.system.inspect((event) => inspected.push(event))
    const held = storage.hold('commit')
    const asked = ref.ask('Start')
    await held.arrived
    await turn()
    expect(snapshots.every(({ context }) => context?.status === 'Open')).toBe(true)
    const commands = inspected.filter((event) => event.type === '@xstate.event').map(({ event }) => event)
    expect(commands).toMatchObject([{ type: 'perdure.asked', command: { action: 'Start' } }])
    const shown = inspected.filter((event) => event.type === '@xstate.snapshot')
    expect(shown.every(({ snapshot }) => (snapshot as EntitySnapshot).context?.status === 'Open')).toBe(true)
    held.release()
    await asked
    expect(snapshots.at(-1)?.context?.status).toBe('Busy')
  })

  it('is done when the entity is deleted, with the last state as output', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const output = toPromise(ref.actor)
    const { state } = await ref.delete()
    expect(await output).toEqual({ ...state })
    expect(await toPromise(ref.actor)).toEqual({ ...state })
  })

  it('that is stopped from outside gives way to a new one', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    ref.actor.stop()
    expect((await ref.ask('Start')).event.sequence).toBe(2)
  })

  it('loses no command when it is stopped in the middle of telling', async () => {
    const { host, task } = await startHost()
    const ref = await task('t-1')
    const { actor } = ref
    let late: Promise<unknown> | undefined
    actor.subscribe(({ context }) => {
      if (context?.version !== 2 || late !== undefined) return
      late = ref.tryAsk('Add', { amount: 1 })
      actor.stop()
    })
    await ref.ask('Start')
    expect(await late).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
    expect((await host.entity('Task', 't-1').ask('Add', { amount: 1 })).event.sequence).toBe(3)
    await host.flush()
  })
})

describe('entity logic without a host', () => {
  it('loads its entity when the actor starts', async () => {
    const { logic, storage } = standAlone()
    const first = createActor(logic, { input: { id: 't-1' } }).start()
    const created = command('create')
    first.send(created.event)
    expect(await created.outcome).toMatchObject({ ok: true, event: { sequence: 1 } })
    first.stop()
    const second = createActor(logic, { input: { id: 't-1' } }).start()
    expect((await waitFor(second, ({ context }) => context !== undefined)).context?.version).toBe(1)
    expect((await storage.stats()).events).toBe(1)
  })

  it('waits for its first command when it is told to', async () => {
    const { logic } = standAlone()
    const actor = createActor(logic, { input: { id: 't-1', isDormant: true } }).start()
    await turn()
    expect(actor.getSnapshot().phase).toBe('unloaded')
    const asked = command('Start')
    actor.send(asked.event)
    expect(await asked.outcome).toMatchObject({ ok: false, error: { code: 'entity_not_found' } })
  })

  it('takes actions that are told, checks them as a host would, and keeps its own copy', async () => {
    const { logic, log, storage } = standAlone()
    const actor = createActor(logic, { input: { id: 't-1' } }).start()
    actor.send(command('create').event)
    const params = { draft: { list: [1] } }
    actor.send({ type: 'perdure.tell', action: 'Write', params })
    params.draft.list.push(2)
    actor.send({ type: 'perdure.tell', action: 'Write', params: { draft: { at: new Date(0) } } as never })
    actor.send({ type: 'perdure.tell', action: 'Nothing' })
    await turn()
    expect(actor.getSnapshot().context?.fields['draft']).toEqual({ list: [1] })
    expect(log).toEqual([expect.stringContaining('an instance of Date'), expect.stringContaining('Nothing')])
    expect((await storage.stats()).events).toBe(2)
  })

  it('ends in error for an id that names nothing', () => {
    const { logic } = standAlone()
    const actor = createActor(logic, { input: { id: '' } })
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'invalid_id' } })
  })

  it('cannot be restored from a persisted snapshot: events are what it is restored from', async () => {
    const { logic } = standAlone()
    const actor = createActor(logic, { input: { id: 't-1' } }).start()
    const restored = createActor(logic, {
      input: { id: 't-1' },
      snapshot: actor.getPersistedSnapshot() as EntitySnapshot,
    })
    expect(restored.getSnapshot()).toMatchObject({ status: 'error' })
  })

  it('rejects what is not in flight when its actor stops; what is in flight still settles', async () => {
    const { logic } = standAlone()
    const actor = createActor(logic, { input: { id: 't-1', isDormant: true } }).start()
    const [created, started] = [command('create'), command('Start')]
    actor.send(created.event)
    await Promise.resolve()
    actor.send(started.event)
    actor.stop()
    expect(await created.outcome).toMatchObject({ ok: true })
    expect(await started.outcome).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
  })

  it('runs as a child of another machine, which goes on when the entity is deleted', async () => {
    const { logic } = standAlone()
    const machine = setup({ actors: { task: logic } }).createMachine({
      initial: 'working',
      states: {
        working: {
          invoke: { src: 'task', id: 'task', input: { id: 't-1' }, onDone: { target: 'finished' } },
          on: {
            begin: {
              actions: ({ system: _system, self }) =>
                self.getSnapshot().children['task']?.send(command('create').event),
            },
            end: {
              actions: ({ self }) => self.getSnapshot().children['task']?.send(command('delete').event),
            },
          },
        },
        finished: { type: 'final' },
      },
    })
    const parent = createActor(machine).start()
    parent.send({ type: 'begin' })
    const child = parent.getSnapshot().children['task']
    await waitFor(
      child as never as ReturnType<typeof createActor<typeof logic>>,
      ({ context }) => (context ?? unborn).version === 1,
    )
    parent.send({ type: 'end' })
    await toPromise(parent)
    expect(child?.getSnapshot()).toMatchObject({ status: 'done', output: { version: 2 } })
  })

  it('is spawned by another machine, goes through its phases, and tells subscribers of each committed state', async () => {
    const { logic } = standAlone()
    const machine = setup({ actors: { task: logic } }).createMachine({
      entry: spawnChild('task', { id: 'task', input: { id: 't-1', isDormant: true } }),
    })
    const parent = createActor(machine).start()
    const child = parent.getSnapshot().children['task']
    if (child === undefined) throw new Error('no child')
    const phases: string[] = []
    const versions: number[] = []
    child.subscribe(({ phase, context }: EntitySnapshot) => {
      if (phases.at(-1) !== phase) phases.push(phase)
      if (context !== undefined && versions.at(-1) !== context.version) versions.push(context.version)
    })
    for (const kind of ['create', 'Start'] as const) {
      const { event, outcome } = command(kind)
      child.send(event)
      expect(await outcome).toMatchObject({ ok: true })
    }
    parent.stop()
    expect(phases).toEqual(['unloaded', 'running'])
    expect(versions).toEqual([1, 2])
    const last = { status: 'stopped', phase: 'stopped', context: { status: 'Busy', version: 2 } }
    expect(child.getSnapshot()).toMatchObject(last)
  })
})
