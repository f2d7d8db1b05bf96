// What must not matter: how commands are grouped, which other entities are about, which storage it is.
import { canonicalJson, formatEntityKey } from '@perdure/core'
import type { EntitySpec, Expression, JsonValue } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { isCommand } from '../arbitraries/run-step.ts'
import type { RunStep } from '../arbitraries/run-step.ts'
import { carryOut } from './carry-out.ts'
import type { CarryOutOptions } from './carry-out.ts'
import type { CommandOutcome } from './perform-command.ts'
import { meaningOf } from './live-properties.ts'
import type { ReplayProperty, Setting } from './replay-property.ts'
import type { Stage } from './stage.ts'
import { demand, demandSame } from './violation.ts'

/** Guards that look at other entities see what has committed there; when that is, grouping decides. */
function readsOthers({ specs }: Setting): string | undefined {
  const names = specs.filter(hasRelatedStatus).map(({ name }) => name)
  return names.length === 0 ? undefined : `guards of ${names.join(', ')} read the status of other entities`
}

function hasRelatedStatus(spec: EntitySpec): boolean {
  const looksElsewhere = (expression: Expression | undefined): boolean =>
    JSON.stringify(expression ?? null).includes('"kind":"relatedStatus"')
  return (
    spec.actions.some(({ guard }) => looksElsewhere(guard)) ||
    spec.invariants.some(({ assert }) => looksElsewhere(assert))
  )
}

const batching: ReplayProperty = {
  number: 17,
  name: 'batching is associative: one by one, all at once, or with restarts between, the same events',
  runs: { hostActions: [], maxSteps: 20 },
  reasonNotTo: readsOthers,
  check: async ({ stage: open, run }) => {
    const ways: Readonly<Record<string, CarryOutOptions>> = {
      'one by one': { awaiting: 'all' },
      'all at once': { awaiting: 'none' },
    }
    const restarted = run.steps.flatMap((step): RunStep[] => [step, { kind: 'restart', host: 0 }])
    const reference = await play(open(), restarted, { awaiting: 'all' })
    for (const [way, options] of Object.entries(ways)) {
      const seen = await play(open(), run.steps, options)
      demandSame(seen, reference, `the events, ${way} and with restarts between`)
    }
  },
}

const isolation: ReplayProperty = {
  number: 21,
  name: 'isolation: commands of several entities, interleaved, give each the events it has alone',
  runs: { hostActions: [], entities: 3 },
  reasonNotTo: readsOthers,
  check: async ({ stage: open, run }) => {
    const commands = run.steps.filter(isCommand)
    const together = await play(open(), commands, {})
    const places = new Map(commands.map((command) => [`${command.type}/${command.id}`, command]))
    for (const { type, id } of places.values()) {
      const own = commands.filter((command) => command.type === type && command.id === id)
      const alone = await play(open(), own, {})
      for (const [name, events] of Object.entries(alone))
        if (name !== answers) demandSame(together[name], events, `${name} among others, and alone`)
    }
  },
}

/** Carries commands out and gives what was stored, by entity. */
async function play(
  stage: Stage,
  steps: readonly RunStep[],
  options: CarryOutOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { entities, performed } = await carryOut(stage, steps, { ...options, keepsPlaces: true })
  const streams = await Promise.all(
    entities.map(async ({ type, id, tenant }) => {
      return [`${type}/${id}`, meaningOf(await stage.eventsOf({ type, id, tenant }))] as const
    }),
  )
  const stored = Object.fromEntries(streams.filter(([, events]) => events.length > 0))
  return { ...stored, [answers]: performed.map(({ outcome }) => codeOf(outcome)) }
}

/** Beside the streams: what every command was answered, in order. */
const answers = '(answers)'

function codeOf(outcome: CommandOutcome | undefined): string {
  return outcome !== undefined && 'code' in outcome ? outcome.code : 'acked'
}

const roundTrip: ReplayProperty = {
  number: 18,
  name: 'serialisation round trip: what is read back is what was written, byte for byte, as from a storage in memory',
  runs: { hostActions: ['restart', 'passivate', 'snapshot', 'advance'] },
  check: async ({ stage: open, run }) => {
    const stage = open()
    const memory = openMemoryStorage()
    const beside = open({ storage: memory })
    const seen = await carryOut(stage, run.steps, { awaiting: 'all' })
    await carryOut(beside, run.steps, { awaiting: 'all' })
    for (const entity of seen.entities) {
      const events = await stage.eventsOf(entity)
      for (const { outcome } of seen.performed) {
        if (outcome?.kind !== 'acked' || outcome.event === undefined) continue
        const { event } = outcome
        if (event.id !== entity.id || event.type !== entity.type) continue
        const name = `${formatEntityKey(entity)}, event ${event.sequence}`
        demand(bytesOf(event) === bytesOf(events[event.sequence - 1]), `${name}: not what was written`)
      }
      const twin = await beside.eventsOf({ ...entity, tenant: beside.tenant })
      demand(
        bytesOf(meaningOf(events)) === bytesOf(meaningOf(twin)),
        `${formatEntityKey(entity)}: not what a storage in memory gives back`,
      )
    }
    await memory.close()
  },
}

function bytesOf(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value as JsonValue)
}

const noTrace: ReplayProperty = {
  number: 20,
  name: 'rejected commands leave no trace: no event, no version, no blob, no snapshot',
  runs: { hostActions: ['passivate', 'restart', 'read'] },
  check: async ({ stage: open, run }) => {
    const stage = open()
    let before = await traces(stage)
    await carryOut(stage, run.steps, {
      awaiting: 'all',
      atRest: async (performed) => {
        const after = await traces(stage)
        if (performed?.outcome?.kind === 'refused') {
          const { command, outcome } = performed
          const what = command.kind === 'ask' ? command.action : command.kind
          demandSame(after, before, `the storage after ${what} was refused (${outcome.code})`)
        }
        before = after
      },
    })
  },
}

async function traces(stage: Stage): Promise<Readonly<Record<string, unknown>>> {
  const stats = await stage.storage.stats()
  return { ...stats, lastPosition: Number(stats.lastPosition) }
}

/** Properties of what must not matter. */
export const orderProperties: readonly ReplayProperty[] = [batching, roundTrip, noTrace, isolation]
