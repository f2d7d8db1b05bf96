// One resolved effect on a draft. The kind of a variable is where the state holds it, so old events need no spec.
import { assertNever } from '../errors/assert-never.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { typedKindIn } from './declare.ts'
import type { VariableKind } from './declare.ts'
import type { Draft } from './draft.ts'
import type { ResolvedEffect } from './event.ts'
import { setFromParam } from './set-from-param.ts'
import type { EffectOrigin } from './set-from-param.ts'

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
    case 'param':
      setFromParam(draft, event, name, effect[2])
      return
    case 'ref':
      // It may stand for the declaration of a field; what a typed record holds is never held by reference.
      draft.undeclare(name)
      draft.fields.setContent(name, effect[2], event.sequence, event.at)
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
      draft.fields.set(name, items, event.sequence, event.at)
      return
    }
    case 'removeAt': {
      const items = draft.mutableList(name)
      items.splice(effect[2], 1)
      draft.fields.set(name, items, event.sequence, event.at)
      return
    }
    case 'clear':
      set(draft, event, name, 'list', [])
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
  draft.fields.set(name, value, event.sequence, event.at)
}
