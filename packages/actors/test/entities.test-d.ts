// What generated types promise, held by the compiler: each line after `@ts-expect-error` must not compile. Never run.
import { createHost } from '@perdure/actors'
import type { EntityRef, Host, HostOptions, StateView } from '@perdure/actors'
import type { EntityEvent, EntityHead, JsonValue } from '@perdure/core'
import { expectTypeOf } from 'vitest'
import type { EntityTypes, SessionStatus } from './helpers/session-types.ts'

declare const options: HostOptions

export async function typedHost(): Promise<void> {
  const host = await createHost<EntityTypes>(options)
  const session = await host.spawn('Session', { id: 's-1', fields: { turns: 3, anything: ['else'] } })

  // Entity types are known by name.
  host.entity('Session', 's-1')
  // @ts-expect-error -- no such entity type
  host.entity('Sesion', 's-1')
  // @ts-expect-error -- no such entity type
  await host.spawn('Order')
  // @ts-expect-error -- a counter is a number
  await host.spawn('Session', { fields: { turns: 'three' } })
  host.entities('Session', { status: 'Running' })
  // @ts-expect-error -- no such status
  host.entities('Session', { status: 'Runing' })
  host.passivate('Session', 's-1')
  // @ts-expect-error -- no such entity type
  host.passivate('Sesion', 's-1')

  // So are actions and their params.
  await session.ask('Configure', { user_message: 'hello' })
  await session.ask('Configure', { user_message: 'hello' }, { idempotencyKey: 'k-1' })
  // @ts-expect-error -- no such action
  await session.ask('Confgure', { user_message: 'hello' })
  // @ts-expect-error -- no such param
  await session.ask('Configure', { user_mesage: 'hello' })
  // @ts-expect-error -- a param of another type
  await session.ask('Configure', { user_message: 42 })
  // @ts-expect-error -- a required param cannot be left out
  await session.ask('Configure')
  // @ts-expect-error -- a required param cannot be null
  await session.ask('Configure', { user_message: null })
  await session.ask('Start')
  await session.ask('Start', {}, { expectedSequence: 2 })
  await session.ask('Start', undefined, { expectedSequence: 2 })
  // @ts-expect-error -- an action without params takes none
  await session.ask('Start', { user_message: 'hello' })
  await session.ask('Fail')
  await session.ask('Fail', { reason: null })
  session.tell('RecordTurn', { tool_result: { ok: true } })
  // @ts-expect-error -- no such action
  session.tell('RecordTurns')
  // @ts-expect-error -- no such action
  await session.tryAsk('RecordTurns')

  // States are typed by status and field; a field may be absent, for it may have overflowed.
  const state = await session.state()
  expectTypeOf(state.status).toEqualTypeOf<SessionStatus>()
  expectTypeOf(state.fields.turns).toEqualTypeOf<number | undefined>()
  expectTypeOf(state.fields.user_message).toEqualTypeOf<string | undefined>()
  expectTypeOf(state.fields.status).toEqualTypeOf<SessionStatus>()
  expectTypeOf(state.fields.reason).toEqualTypeOf<string | null | undefined>()
  expectTypeOf(state.version).toEqualTypeOf<number>()
  // @ts-expect-error -- no such field
  void state.fields.turn
  // @ts-expect-error -- statuses that differ in a letter never meet
  if (state.status === 'Runing') return

  const { event, state: after } = await session.ask('Start')
  expectTypeOf(event).toEqualTypeOf<EntityEvent>()
  expectTypeOf(after).toEqualTypeOf<StateView<EntityTypes['Session']>>()
  const tried = await session.tryAsk('Finish')
  if (tried.ok) expectTypeOf(tried.state.status).toEqualTypeOf<SessionStatus>()
  session.subscribe(({ status }) => expectTypeOf(status).toEqualTypeOf<SessionStatus>())

  expectTypeOf(await session.readField('turns')).toEqualTypeOf<number | undefined>()
  expectTypeOf(await session.readFieldString('user_message')).toEqualTypeOf<string>()
  // @ts-expect-error -- no such field
  await session.readField('turn')
  await session.updateFields({ turns: 2, undeclared: true })
  // @ts-expect-error -- a counter is a number
  await session.updateFields({ turns: '2' })
}

export async function untypedHost(): Promise<void> {
  const host = await createHost(options)
  expectTypeOf(host).toEqualTypeOf<Host>()
  const session = await host.spawn('Anything', { fields: { any: 'value' } })
  expectTypeOf(session).toEqualTypeOf<EntityRef>()
  await session.ask('Any', { param: 1 }, { idempotencyKey: 'k-1' })
  await session.ask('Any')
  await session.ask('Any', undefined, { expectedSequence: 2 })
  const state = await session.state()
  expectTypeOf(state.status).toEqualTypeOf<string>()
  expectTypeOf(state.fields).toEqualTypeOf<Readonly<Record<string, JsonValue>>>()
  expectTypeOf(await session.readField('any')).toEqualTypeOf<JsonValue | undefined>()
  expectTypeOf(host.entities('Any')).toEqualTypeOf<AsyncIterable<EntityHead>>()
}
