// Ceilings are a matter of storage: what an entity is and does is the same whatever they are.
import { formatEntityKey } from '@perdure/core'
import type { EntityKey, EntitySpec } from '@perdure/core'
import { carryOut } from './carry-out.ts'
import { meaningOf } from './live-properties.ts'
import type { ReplayProperty } from './replay-property.ts'
import type { Stage } from './stage.ts'
import { demandSame } from './violation.ts'

/** None inline, next to none, some, all. */
const ceilings = [0, 1, 16, 2 ** 40]

const transparency: ReplayProperty = {
  number: 36,
  name: 'ceilings are transparent: 0, 1, 16 bytes or none at all, the same events and the same values, byte for byte',
  runs: { hostActions: ['restart', 'passivate', 'sweep'] },
  check: async ({ specs, stage: open, run }) => {
    const seen: unknown[] = []
    for (const inlineMaxBytes of ceilings) {
      const stage = open({ specs: specs.map((spec) => withCeiling(spec, inlineMaxBytes)), inlineMaxBytes })
      const { entities } = await carryOut(stage, run.steps, { awaiting: 'all' })
      seen.push(await viewOf(stage, entities))
    }
    for (const [index, view] of seen.entries())
      demandSame(view, seen.at(-1), `everything under a ceiling of ${ceilings[index]} bytes`)
  },
}

/** The spec with one ceiling for every field, no lifetimes, and all values in the log. */
function withCeiling(spec: EntitySpec, inlineMaxBytes: number): EntitySpec {
  const variables = spec.variables.map((variable) => ({
    ...variable,
    overflow: { inlineMaxBytes, journal: 'value' as const },
  }))
  return { ...spec, variables }
}

/** Events and values of all entities, without what a ceiling is allowed to change. */
async function viewOf(stage: Stage, entities: readonly EntityKey[]): Promise<unknown> {
  return stage.withHost(async (host) => {
    const views = entities.map(async (entity) => {
      const { tenant, type, id } = entity
      const events = meaningOf(await stage.eventsOf(entity))
      const name = formatEntityKey({ tenant: 'default', type, id })
      if (events.length === 0) return [name, 'never created'] as const
      const ref = host.entity(type, id, { tenant })
      const { fields, refs, status, version } = await ref.state({ hydrate: true })
      const bytes = await Promise.all(
        Object.keys(fields).map(
          async (field) => [field, Buffer.from(await ref.readFieldBytes(field)).toString('hex')] as const,
        ),
      )
      const meaning = events.map(({ specHash: _specHash, ...event }) => event)
      return [
        name,
        { status, version, fields, refs, bytes: Object.fromEntries(bytes), events: meaning },
      ] as const
    })
    return Object.fromEntries(await Promise.all(views))
  })
}

/** Properties of ceilings. */
export const ceilingProperties: readonly ReplayProperty[] = [transparency]
