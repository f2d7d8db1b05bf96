// What the statuses an action leads to bring with them: timeouts that begin, and what must come in the end.
import type { ActionSpec, EntitySpec, LivenessSpec } from '@perdure/core'
import { joinWords } from '../terminal/words.ts'

/** Sentences about what follows by itself, or has to, once the rules of an action have applied. */
export function describeSequel(spec: EntitySpec, rules: readonly ActionSpec[]): readonly string[] {
  const entered = new Set(rules.flatMap(({ to }) => to ?? []))
  const names = new Set(rules.map(({ name }) => name))
  return [
    ...spec.stateTimeouts.flatMap((timeout) => {
      const { state, afterSeconds, onTimeout, resetOn } = timeout
      return [
        ...(entered.has(state)
          ? [`When ${state} has lasted ${afterSeconds} seconds, ${onTimeout} is asked.`]
          : []),
        ...(resetOn.some((name) => names.has(name))
          ? [`It starts the ${afterSeconds} seconds of ${state} again.`]
          : []),
      ]
    }),
    ...spec.liveness.filter(({ from }) => from.some((status) => entered.has(status))).map(describeLiveness),
  ]
}

function describeLiveness({ name, from, reaches, precededBy }: LivenessSpec): string {
  const where = joinWords(from, 'or')
  if (reaches !== undefined)
    return `From ${where}, ${joinWords(reaches, 'or')} must be reached in the end (${name}).`
  if (precededBy !== undefined)
    return `${where} is never reached without ${joinWords(precededBy, 'or')} before (${name}).`
  return `In ${where} some action can always be taken (${name}).`
}
