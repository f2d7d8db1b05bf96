import type { Effect, EntitySpec } from '@perdure/core'

/** Effects that nothing carries out yet, by the names that specs have for them. */
const effects: Partial<Readonly<Record<Effect['kind'], string>>> = {
  schedule: 'schedule',
  scheduleAt: 'schedule_at',
  cancel: 'cancel',
  spawn: 'spawn',
}

/** What a spec needs that this version does not carry out, named for a message; empty when it can run. */
export function unsupportedParts(spec: EntitySpec): readonly string[] {
  const parts = [
    ...spec.stateTimeouts.map(({ state }) => `[[state_timeout]] of ${state}`),
    ...spec.integrations.map(({ name }) => `[[integration]] ${name}`),
    ...spec.webhooks.map(({ name }) => `[[webhook]] ${name}`),
    ...spec.keys.map(({ name }) => `[[key]] ${name}`),
    ...spec.actions.flatMap((rule) =>
      rule.effects.flatMap(({ kind }) => {
        const name = effects[kind]
        return name === undefined ? [] : `effect ${name} of ${rule.name}`
      }),
    ),
  ]
  return parts.map((part) => `${spec.name}: ${part}`)
}
