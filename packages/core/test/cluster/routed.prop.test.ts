import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeRoutedCommand, decodeRoutedReply, encodeRoutedCommand, encodeRoutedReply } from '@perdure/core'
import type { EntityEvent, EntityState, JsonObject, RoutedCommand, RoutedReply } from '@perdure/core'
import { anyJson } from '../helpers/arbitrary-json.ts'

const object = fc.dictionary(fc.string({ unit: 'binary' }), anyJson) as fc.Arbitrary<JsonObject>
const text = fc.string({ unit: 'binary' })
const entity = fc.record({ tenant: text, type: text, id: text })
const meta = fc.record(
  { idempotencyKey: text, expectedSequence: fc.nat(), correlationId: text, causationId: text },
  { requiredKeys: ['idempotencyKey'] },
)

const routedCommand: fc.Arbitrary<RoutedCommand> = fc.record({
  entity,
  durability: fc.constantFrom('committed' as const, 'processed' as const),
  command: fc.oneof(
    fc.record({ kind: fc.constant('create' as const), fields: object, meta }),
    fc.record({ kind: fc.constant('action' as const), action: text, params: object, meta }),
    fc.record({ kind: fc.constant('updateFields' as const), fields: object, meta }),
    fc.record({ kind: fc.constant('delete' as const), meta }),
  ),
})

/** Without a prototype or with one: what is said by it is the same. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

it('a command that goes to another host arrives as it was sent, in text of no lone surrogate', () => {
  fc.assert(
    fc.property(routedCommand, (command) => {
      const sent = encodeRoutedCommand(command)
      expect(sent).not.toMatch(/[\p{Cs}\0]/u)
      expect(isDeepStrictEqual(plain(decodeRoutedCommand(sent)), plain(command))).toBe(true)
    }),
  )
})

it('an outcome that comes from another host is the event and the state that were sent', () => {
  fc.assert(
    fc.property(entity, text, object, object, (key, status, params, fields) => {
      const of = { sequence: 1, eventId: 'e', from: '', to: status, at: 1, specHash: 'h', specVersion: 1 }
      const event: EntityEvent = { ...key, ...of, action: status, params, effects: [] }
      const rest = { counters: {}, numbers: {}, booleans: {}, lists: {}, refs: {} }
      const state: EntityState = { status, version: 1, fields, ...rest }
      const reply: RoutedReply = { kind: 'done', event, state }
      const received = decodeRoutedReply(encodeRoutedReply(reply))
      expect(isDeepStrictEqual(plain(received), plain(reply))).toBe(true)
    }),
  )
})

it('a text that is no command or reply is not taken for one', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.json(),
        object.map((value) => JSON.stringify(value)),
      ),
      (garbage) => {
        expect(decodeRoutedCommand(garbage)).toBeUndefined()
        expect(decodeRoutedReply(garbage)).toBeUndefined()
      },
    ),
  )
})

it('a command or a reply of which a part is missing is not taken for one', () => {
  fc.assert(
    fc.property(routedCommand, fc.nat(), (command, at) => {
      const parts = Object.entries(plain(JSON.parse(encodeRoutedCommand(command))) as object)
      const left = parts.filter((_, index) => index !== at % parts.length)
      expect(decodeRoutedCommand(JSON.stringify(Object.fromEntries(left)))).toBeUndefined()
    }),
  )
})
