// Effects that ask something of the host: resolved to facts like all others (a due time, a child's id), carried out
// after commit by whoever reads the event.
import { assertNever } from '../errors/assert-never.ts'
import type { HostEffect } from '../spec/effect.ts'
import type { ResolvedEffect } from './event.ts'
import { readArgument } from './resolving.ts'
import type { Resolving } from './resolving.ts'

/** Resolves a host effect; a text is the reason it cannot be carried out. */
export function resolveHostEffect(
  resolving: Resolving,
  effect: HostEffect,
): readonly ResolvedEffect[] | string {
  const { now } = resolving.context
  switch (effect.kind) {
    case 'emit':
      return [['', 'emit', effect.name]]
    case 'cancel':
      return [['', 'cancel', effect.action]]
    case 'schedule': {
      const seconds = readArgument(resolving, effect.seconds)
      const dueAt = typeof seconds === 'number' && seconds >= 0 ? now + Math.round(seconds * 1000) : NaN
      return Number.isSafeInteger(dueAt)
        ? [['', 'schedule', effect.action, dueAt]]
        : `${effect.action} cannot be scheduled ${typeof seconds === 'number' ? 'at such a time' : 'without a time'}`
    }
    case 'scheduleAt':
    case 'spawn':
      return `${effect.kind} is not carried out by this version`
    default:
      return assertNever(effect)
  }
}
