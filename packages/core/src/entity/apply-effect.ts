// One resolved effect on a draft. The kind of a variable is where the state holds it, so old events need no spec.
import { assertNever } from '../errors/assert-never.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { change, paramChange } from './event-change.ts'
import type { EffectOrigin } from './event-change.ts'
import type { Draft } from './draft.ts'
import type { ResolvedEffect } from './event.ts'

/** Whether the name is a variable that a typed record holds; such a variable wins over a param of its name. */
export function isTypedVariable(draft: Draft, name: string): boolean {
  return (
    Object.hasOwn(draft.counters, name) ||
    Object.hasOwn(draft.numbers, name) ||
    Object.hasOwn(draft.booleans, name) ||
    Object.hasOwn(draft.lists, name)
  )
}

/** Applies one effect of the event. Effects that ask something of the host change nothing here. */
export function applyEffect(draft: Draft, event: EffectOrigin, effect: ResolvedEffect): void {
  const [name, kind] = effect
  switch (kind) {
    case 'counter':
      draft.setCounter(name, effect[2])
      draft.changes.set(name, change(event, effect[2]))
      return
    case 'number':
      draft.setNumber(name, effect[2])
      draft.changes.set(name, change(event, effect[2]))
      return
    case 'boolean':
      draft.setBoolean(name, effect[2])
      draft.changes.set(name, change(event, effect[2]))
      return
    case 'list':
      draft.setList(name, effect[2])
      draft.changes.set(name, change(event, effect[2]))
      return
    case 'field':
      draft.changes.set(name, change(event, effect[2]))
      return
    case '=':
      assign(draft, event, name, effect[2])
      return
    case 'param': {
      const projected = paramChange(event, effect[2])
      if (projected !== undefined) draft.changes.set(name, projected)
      return
    }
    case 'ref':
      draft.changes.set(name, {
        value: { kind: 'content', content: effect[2] },
        sequence: event.sequence,
        at: event.at,
      })
      return
    case '+':
      addTo(draft, event, name, effect[2])
      return
    case '-':
      addTo(draft, event, name, -effect[2])
      return
    case 'append': {
      const items = draft.mutableList(name)
      items.push(effect[2])
      draft.changes.set(name, change(event, items))
      return
    }
    case 'removeAt': {
      const items = draft.mutableList(name)
      items.splice(effect[2], 1)
      draft.changes.set(name, change(event, items))
      return
    }
    case 'clear':
      draft.setList(name, [])
      draft.changes.set(name, change(event, []))
      return
    case 'emit':
    case 'schedule':
    case 'cancel':
    case 'spawn':
      return
    default:
      assertNever(kind)
  }
}

function addTo(draft: Draft, event: EffectOrigin, name: string, amount: number): void {
  const counter = own(draft.counters, name)
  const value = (counter ?? own(draft.numbers, name) ?? 0) + amount
  if (counter === undefined) draft.setNumber(name, value)
  else draft.setCounter(name, value)
  draft.changes.set(name, change(event, value))
}

function assign(draft: Draft, event: EffectOrigin, name: string, value: JsonValue): void {
  if (Object.hasOwn(draft.counters, name)) draft.setCounter(name, value as number)
  else if (Object.hasOwn(draft.numbers, name)) draft.setNumber(name, value as number)
  else if (Object.hasOwn(draft.booleans, name)) draft.setBoolean(name, value as boolean)
  else if (Object.hasOwn(draft.lists, name)) draft.setList(name, value as readonly JsonValue[])
  draft.changes.set(name, change(event, value))
}
