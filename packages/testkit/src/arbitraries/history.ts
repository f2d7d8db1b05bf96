// The pure reading of a run: one entity, decided and evolved by the model alone, with nothing around it. What a spec says
// would happen, for properties of the spec itself and for comparing a host with.
import { compileModel, decide, decodeContent, evolve, hydrateFields, unborn } from '@perdure/core'
import type {
  Command,
  EntityEvent,
  EntityModel,
  EntitySpec,
  EntityState,
  JsonValue,
  Rejection,
} from '@perdure/core'
import type * as fc from 'fast-check'
import { arbitraries } from './arbitraries.ts'
import { findCounterexample } from './find-counterexample.ts'
import type { SearchOptions, SearchResult } from './find-counterexample.ts'
import type { Run, RunStep } from './run-step.ts'

/** What became of an entity in a run. */
export interface History {
  readonly events: readonly EntityEvent[]
  /** The state before the first event, and after each. */
  readonly states: readonly EntityState[]
  /** The state at the end. */
  readonly state: EntityState
  /** The fields at the end, overflowed ones with their values. */
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly rejections: readonly Rejection[]
}

/** When a history begins, epoch milliseconds. */
export const startOfTime = 1_700_000_000_000

/**
 * Plays the commands of a run on one entity of the model, whatever places they name. Time passes by `advance` steps only;
 * what befalls hosts changes nothing here. Statuses of related entities read as if there were none.
 */
export function playHistory(model: EntityModel, steps: readonly RunStep[]): History {
  const events: EntityEvent[] = []
  const states: EntityState[] = [unborn]
  const rejections: Rejection[] = []
  const contents = new Map<string, JsonValue>()
  let now = startOfTime
  const latest = (): EntityState => states.at(-1) ?? unborn

  const play = (command: Command): void => {
    const context = {
      entity: { tenant: 'default', type: model.name, id: 'e0' },
      now,
      eventId: `event-${events.length + 1}`,
      spawnId: (index: number) => `child-${events.length + 1}-${index}`,
    }
    const first = decide(model, latest(), command, context)
    const decision =
      first.kind !== 'needs'
        ? first
        : decide(model, latest(), command, {
            ...context,
            knowledge: {
              contents,
              related: new Map([...first.needs.related.keys()].map((key) => [key, null])),
            },
          })
    if (decision.kind === 'rejection') rejections.push(decision.rejection)
    if (decision.kind !== 'event') return
    const { state, overflow } = evolve(model, latest(), [decision.event])
    for (const { hash, bytes } of overflow) contents.set(hash, decodeContent(bytes))
    events.push(decision.event)
    states.push(state)
  }

  for (const step of steps) {
    if (step.kind === 'advance') now += step.ms
    const command = commandOf(step)
    if (command === undefined) continue
    if (latest().version === 0 && command.kind !== 'create') play({ kind: 'create', fields: {}, meta: {} })
    if (command.kind !== 'create' || latest().version === 0) play(command)
  }
  const state = latest()
  return { events, states, state, fields: hydrateFields(state, contents), rejections }
}

function commandOf(step: RunStep): Command | undefined {
  switch (step.kind) {
    case 'spawn':
      return { kind: 'create', fields: step.fields, meta: {} }
    case 'ask':
      // The model is only ever given what a host has taken in.
      return step.hostile === undefined
        ? { kind: 'action', action: step.action, params: step.params, meta: {} }
        : undefined
    case 'update':
      return { kind: 'updateFields', fields: step.fields, meta: {} }
    case 'delete':
      return { kind: 'delete', meta: {} }
    default:
      return undefined
  }
}

/** How histories are made. */
export interface HistoryOptions {
  /** @defaultValue 40 */
  readonly maxSteps?: number
  /** Whether fields are given at creation and set directly, as `spawn` and `updateFields` allow. @defaultValue true */
  readonly setsFields?: boolean
}

/** Runs of one entity in which commands come one after the other and time passes between them. */
function historyRuns(
  spec: EntitySpec,
  { maxSteps = 40, setsFields = true }: HistoryOptions,
): fc.Arbitrary<Run> {
  const hostActions = ['advance'] as const
  const { run } = arbitraries(spec, { entities: 1, maxSteps, setsFields, hostActions, maxFaults: 0 })
  return run.map(({ steps }) => ({
    steps: steps.map((step) => ('isAwaited' in step ? { ...step, isAwaited: true } : step)),
    faults: [],
    schedule: 0,
  }))
}

/** Whole histories of a spec, for a property of one's own. */
export function histories(spec: EntitySpec, options: HistoryOptions = {}): fc.Arbitrary<History> {
  const model = compileModel(spec)
  return historyRuns(spec, options).map(({ steps }) => playHistory(model, steps))
}

/**
 * Looks for a history that a property does not hold of. The property answers false, or throws with the reason. What is
 * found is 1-minimal: no command of it can be left out.
 */
export function checkHistories(
  spec: EntitySpec,
  property: { readonly name: string; readonly holds: (history: History) => boolean | void },
  options: SearchOptions & HistoryOptions = {},
): Promise<SearchResult> {
  const model = compileModel(spec)
  const check = ({ steps }: Run): void => {
    const history = playHistory(model, steps)
    if (property.holds(history) === false) throw new Error(`it does not hold; ${printEnd(history)}`)
  }
  const { name } = property
  return findCounterexample(
    { property: name, types: [spec.name], runs: historyRuns(spec, options), check },
    options,
  )
}

function printEnd({ events, state, fields }: History): string {
  const path = events.map(({ action }) => action).join(' → ')
  return `events ${path || 'none'}; status ${state.status}, fields ${JSON.stringify(fields)}`
}
