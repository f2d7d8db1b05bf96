// Effect → statement, the inverse of parseEffect: print, then parse, gives an equal effect.
import { assertNever, printArgument, printLiteral } from '@perdure/core'
import type { Effect } from '@perdure/core'

/** The text of one statement. */
export function printEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'assign':
      return `${effect.variable} = ${printArgument(effect.value)}`
    case 'add':
      return `${effect.variable} += ${printArgument(effect.amount)}`
    case 'subtract':
      return `${effect.variable} -= ${printArgument(effect.amount)}`
    case 'append':
      return `append(${effect.variable}, ${printArgument(effect.item)})`
    case 'remove':
      return `remove(${effect.variable}, ${printArgument(effect.item)})`
    case 'removeAt':
      return `remove_at(${effect.variable}, ${printArgument(effect.index)})`
    case 'clear':
      return `clear(${effect.variable})`
    case 'schedule':
      return `schedule(${printLiteral(effect.action)}, ${printArgument(effect.seconds)})`
    case 'scheduleAt':
      return `schedule_at(${printLiteral(effect.action)}, ${effect.field})`
    case 'cancel':
      return `cancel(${printLiteral(effect.action)})`
    case 'emit':
      return `emit(${printLiteral(effect.name)})`
    case 'spawn':
      return printSpawn(effect)
    default:
      return assertNever(effect)
  }
}

function printSpawn(effect: Extract<Effect, { kind: 'spawn' }>): string {
  const store = effect.storeField === undefined ? '' : `, ${effect.storeField}`
  const id = effect.id === undefined ? '' : `, ${printArgument(effect.id)}`
  return `spawn(${printLiteral(effect.entityType)}, ${printLiteral(effect.action)}${store}${id})`
}
