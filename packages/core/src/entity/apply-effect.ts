// One resolved effect on a draft. The kind of a variable is where the state holds it, so old events need no spec.
import { assertNever } from '../errors/assert-never.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { typedKindIn } from './declare.ts'
import type { VariableKind } from './declare.ts'
import { change, paramChange } from './event-change.ts'
import type { EffectOrigin } from './event-change.ts'
import type { Draft } from './draft.ts'
import type { ResolvedEffect } from './event.ts'

/** Applies one effect of the event. Effects that ask something of the host change nothing here. */
export function applyEffect(draft: Draft, event: EffectOrigin, effect: ResolvedEffect): void {
  const [name, kind] = effect
  switch (kind) {
    case 'counter':
    case 'number':
    case 'boolean':
    case 'list':
    case 'field':
      draft.undeclare(name)
      set(draft, event, name, kind, effect[2])
      return
    case '=':
      set(draft, event, name, typedKindIn(draft, name) ?? 'field', effect[2])
      return
    case 'param': {
      const projected = paramChange(event, effect[2])
      if (projected !== undefined) draft.changes.set(name, projected)
      return
    }
    case 'ref':
      // It may stand for the declaration of a field; what a typed record holds is never held by reference.
      draft.undeclare(name)
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
  set(draft, event, name, counter === undefined ? 'number' : 'counter', value)
}

/** Sets a variable where its kind is held, and the field of its name. The event's maker saw to it that the value fits. */
function set(draft: Draft, event: EffectOrigin, name: string, kind: VariableKind, value: JsonValue): void {
  switch (kind) {
    case 'counter':
      draft.setCounter(name, value as number)
      break
    case 'number':
      draft.setNumber(name, value as number)
      break
    case 'boolean':
      draft.setBoolean(name, value as boolean)
      break
    case 'list':
      draft.setList(name, value as readonly JsonValue[])
      break
    case 'field':
      break
  }
  draft.changes.set(name, change(event, value))
}
