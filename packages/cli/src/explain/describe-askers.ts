// Who asks an action besides the callers of the host: timeouts, schedules, integrations, webhooks; and what it was called.
import type { EntitySpec, IntegrationSpec } from '@perdure/core'
import { joinWords } from '../terminal/words.ts'

/** Sentences about what asks an action of its own accord. */
export function describeAskers(spec: EntitySpec, action: string): readonly string[] {
  return [
    ...timeouts(spec, action),
    ...schedules(spec, action),
    ...spec.integrations.flatMap((integration) => answers(integration, action)),
    ...webhooks(spec, action),
    ...formerNames(spec, action),
  ]
}

function timeouts({ stateTimeouts }: EntitySpec, action: string): readonly string[] {
  return stateTimeouts
    .filter(({ onTimeout }) => onTimeout === action)
    .map(({ state, afterSeconds, maxOccurrences, args }) => {
      const often = maxOccurrences === 1 ? '' : `, up to ${maxOccurrences} times`
      const given = Object.keys(args).length === 0 ? '' : `, with ${JSON.stringify(args)}`
      return `It is asked when ${state} has lasted ${afterSeconds} seconds${often}${given}.`
    })
}

function schedules({ actions }: EntitySpec, action: string): readonly string[] {
  const by = (kinds: readonly string[]) => [
    ...new Set(
      actions
        .filter(({ effects }) =>
          effects.some(
            (effect) => kinds.includes(effect.kind) && 'action' in effect && effect.action === action,
          ),
        )
        .map(({ name }) => name),
    ),
  ]
  const scheduling = by(['schedule', 'scheduleAt'])
  const cancelling = by(['cancel'])
  return [
    ...(scheduling.length === 0 ? [] : [`${joinWords(scheduling)} ${verb(scheduling)} it for later.`]),
    ...(cancelling.length === 0 ? [] : [`What was scheduled is cancelled by ${joinWords(cancelling)}.`]),
  ]
}

function verb(names: readonly string[]): string {
  return names.length === 1 ? 'schedules' : 'schedule'
}

function answers({ name, onSuccess, onFailure, emits }: IntegrationSpec, action: string): readonly string[] {
  const when = [
    ...(onSuccess === action ? ['when it succeeds'] : []),
    ...(onFailure === action ? ['when it fails'] : []),
    ...(emits.includes(action) ? ['when it wants to'] : []),
  ]
  return when.length === 0 ? [] : [`The integration '${name}' answers with it ${joinWords(when, 'or')}.`]
}

function webhooks({ webhooks: all }: EntitySpec, action: string): readonly string[] {
  return all
    .filter((webhook) => webhook.action === action)
    .map(({ name, method, path, entityId, extract, hmacHeader }) => {
      const details = [
        ...(entityId === undefined ? [] : [`the entity is in ${entityId}`]),
        ...Object.entries(extract).map(([param, source]) => `${param} comes from ${source}`),
        ...(hmacHeader === undefined ? [] : [`it must be signed in ${hmacHeader}`]),
      ]
      const rest = details.length === 0 ? '' : ` (${details.join('; ')})`
      return `The webhook '${name}', ${method} ${path}, asks it${rest}.`
    })
}

function formerNames({ upcasts }: EntitySpec, action: string): readonly string[] {
  return upcasts.flatMap(({ fromVersion, renameAction }) =>
    Object.entries(renameAction)
      .filter(([, name]) => name === action)
      .map(([former]) => `Events of version ${fromVersion} call it ${former}.`),
  )
}
