import { assertNever, printArgument } from '@perdure/core'
import type { Effect, StateVariable } from '@perdure/core'

/** An effect as a sentence. The variables tell whether a subtraction stops at zero. */
export function describeEffect(effect: Effect, variables: readonly StateVariable[]): string {
  switch (effect.kind) {
    case 'assign':
      return `${effect.variable} becomes ${printArgument(effect.value)}.`
    case 'add':
      return `${effect.variable} goes up by ${printArgument(effect.amount)}.`
    case 'subtract': {
      const isCounter = variables.some(({ name, type }) => name === effect.variable && type === 'counter')
      return `${effect.variable} goes down by ${printArgument(effect.amount)}${isCounter ? ', not below 0' : ''}.`
    }
    case 'append':
      return `${printArgument(effect.item)} is appended to ${effect.variable}.`
    case 'remove':
      return `${printArgument(effect.item)} is removed from ${effect.variable}.`
    case 'removeAt':
      return `The item at ${printArgument(effect.index)} is removed from ${effect.variable}.`
    case 'clear':
      return `${effect.variable} is emptied.`
    default:
      return describeHostEffect(effect)
  }
}

type HostEffect = Extract<Effect, { kind: 'schedule' | 'scheduleAt' | 'cancel' | 'spawn' | 'emit' }>

function describeHostEffect(effect: HostEffect): string {
  switch (effect.kind) {
    case 'schedule':
      return `${effect.action} is asked of the entity in ${printArgument(effect.seconds)} seconds.`
    case 'scheduleAt':
      return `${effect.action} is asked of the entity at the time in ${effect.field}.`
    case 'cancel':
      return `A scheduled ${effect.action} is cancelled.`
    case 'spawn': {
      const id = effect.id === undefined ? '' : ` with the id ${printArgument(effect.id)}`
      const kept = effect.storeField === undefined ? '' : ` Its id is kept in ${effect.storeField}.`
      return `A new ${effect.entityType} is created${id} and asked to ${effect.action}.${kept}`
    }
    case 'emit':
      return `'${effect.name}' is emitted, for integrations that listen to it.`
    default:
      return assertNever(effect)
  }
}
