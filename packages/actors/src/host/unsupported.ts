import type { EntitySpec } from '@perdure/core'

/** What a spec needs that this version does not carry out, named for a message; empty when it can run. */
export function unsupportedParts(spec: EntitySpec): readonly string[] {
  const parts = [
    ...spec.stateTimeouts.map(({ state }) => `[[state_timeout]] of ${state}`),
    ...spec.integrations.map(({ name }) => `[[integration]] ${name}`),
    ...spec.webhooks.map(({ name }) => `[[webhook]] ${name}`),
    ...spec.keys.map(({ name }) => `[[key]] ${name}`),
    ...spec.upcasts.map(({ fromVersion }) => `[[upcast]] from version ${fromVersion}`),
    ...spec.actions.flatMap(({ name, effects }) =>
      effects
        .filter(({ kind }) => ['schedule', 'scheduleAt', 'cancel', 'spawn'].includes(kind))
        .map(({ kind }) => `effect ${kind} of ${name}`),
    ),
  ]
  return parts.map((part) => `${spec.name}: ${part}`)
}
