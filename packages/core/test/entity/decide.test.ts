import { describe, expect, it } from 'vitest'
import { commandName, compileModel, decide, formatEntityKey, unborn } from '@perdure/core'
import { act, create, entityKey, remove, update } from '../helpers/live-entity.ts'
import { specOf } from '../helpers/spec-of.ts'

const model = compileModel(specOf())
const context = { entity: entityKey, now: 1_000, eventId: 'e-1' }

describe('deciding', () => {
  it('takes from the key of the entity its names, and nothing else that the object carries', () => {
    const head = { ...entityKey, version: 7, status: 'Open', updatedAt: 5 }
    const decision = decide(model, unborn, create(), { ...context, entity: head })
    expect(decision).toEqual(decide(model, unborn, create(), context))
  })

  it('names the entity in every refusal, with its tenant unless that is the default one', () => {
    const entity = { ...entityKey, tenant: 'acme' }
    expect(decide(model, unborn, act('Go'), { ...context, entity })).toMatchObject({
      rejection: { message: 'acme:Thing/t-1: Go is not an action of Thing; its actions are none' },
    })
    expect(formatEntityKey(entityKey)).toBe('Thing/t-1')
  })

  it('calls each kind of command by the name its event has', () => {
    expect([create(), act('Go'), update({}), remove].map(commandName)).toEqual([
      'Created',
      'Go',
      'FieldsUpdated',
      'Deleted',
    ])
  })
})
