// B8: the core alone. Decide, evolve and field sync of a spec with ten states, beside reducers written by hand: one that
// looks its rules up in a table, and one in which every object of this one spec is written out.
import { compileModel, decide, evolve, unborn } from '@perdure/core'
import type { Command, EntityEvent, EntityState, JsonObject, JsonValue } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import { readSpec } from './contenders/perdure.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark, Repeat, Runner, Setting } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'

const states = Array.from({ length: 10 }, (_, index) => `S${index}`)

/** Ten states in a ring; each step counts, remembers a note and asks a guard. */
const text = `
[automaton]
name = "Ring"
states = [${states.map((state) => `"${state}"`).join(', ')}]
initial = "S0"

[[state]]
name = "steps"
type = "counter"

[[state]]
name = "isOpen"
type = "bool"
initial = true
${states
  .map(
    (state, index) => `
[[action]]
name = "Step"
from = ["${state}"]
to = "${states[(index + 1) % states.length]}"
params = [{ name = "by", type = "counter", required = true }, "note"]
guard = "isOpen && params.by > 0"
effect = "steps += params.by"
`,
  )
  .join('')}`

const entity = { tenant: 'default', type: 'Ring', id: 'r-1' }
const params: JsonObject = { by: 2, note: 'once more round the ring' }
const command: Command = { kind: 'action', action: 'Step', params, meta: {} }

function stepsOf({ isQuick }: Setting): number {
  return isQuick ? 50_000 : 300_000
}

async function preparePerdure(setting: Setting): Promise<Runner> {
  const steps = stepsOf(setting)
  const model = compileModel(readSpec(text))
  const step = (state: EntityState, asked: Command, index: number): EntityState => {
    const decision = decide(model, state, asked, { entity, now: index, eventId: `e-${index}` })
    if (decision.kind !== 'event') throw new Error(`${asked.kind} was not carried out`)
    const after = evolve(model, state, [decision.event]).state
    keep(index, decision.event, after)
    return after
  }
  const created = step(unborn, { kind: 'create', fields: {}, meta: {} }, 0)
  return stepper(steps, () => {
    let state = created
    for (let index = 0; index < steps; index++) state = step(state, command, index)
    return state.counters['steps']
  })
}

interface RingState {
  readonly status: string
  readonly version: number
  readonly counters: { readonly steps: number }
  readonly booleans: { readonly isOpen: boolean }
  readonly fields: {
    readonly status: string
    readonly isOpen: boolean
    readonly by: number
    readonly note: string | undefined
    readonly steps: number
  }
}

const nextOf: Readonly<Record<string, string>> = Object.fromEntries(
  states.map((state, index) => [state, states[(index + 1) % states.length] ?? '']),
)

/**
 * The same work for this one spec: look the rule up, check the params, ask the guard, make the event, make the state. Every
 * object is written out, which is the fastest there is.
 */
function stepByHand(state: RingState, given: JsonObject, index: number): RingState {
  const { by, note } = given
  const to = nextOf[state.status]
  if (to === undefined) throw new Error('wrong status')
  if (typeof by !== 'number' || !Number.isSafeInteger(by) || by < 0) throw new Error('by is wrong')
  if (note !== undefined && typeof note !== 'string') throw new Error('note is wrong')
  if (!state.booleans.isOpen || by <= 0) throw new Error('guard')
  const event: EntityEvent = {
    tenant: entity.tenant,
    type: entity.type,
    id: entity.id,
    sequence: state.version + 1,
    eventId: `e-${index}`,
    action: 'Step',
    from: state.status,
    to,
    params: given,
    effects: [['steps', '+', by]],
    at: index,
    specHash: '',
    specVersion: 1,
  }
  const after = applyByHand(state, event)
  keep(index, event, after)
  return after
}

function applyByHand(state: RingState, { sequence, to, params: given, effects }: EntityEvent): RingState {
  const { by, note } = given as { readonly by: number; readonly note?: string }
  if (note !== undefined && note.length * 6 + 2 > 131_072) throw new Error('too large to stay inline')
  const steps = state.counters.steps + (effects[0]?.[2] as number)
  const { isOpen } = state.booleans
  return {
    status: to,
    version: sequence,
    counters: { steps },
    booleans: state.booleans,
    fields: { status: to, isOpen, by, note: note ?? state.fields.note, steps },
  }
}

async function prepareByHand(setting: Setting): Promise<Runner> {
  const steps = stepsOf(setting)
  const first: RingState = {
    status: 'S0',
    version: 1,
    counters: { steps: 0 },
    booleans: { isOpen: true },
    fields: { status: 'S0', isOpen: true, by: 0, note: undefined, steps: 0 },
  }
  return stepper(steps, () => {
    let state = first
    for (let index = 0; index < steps; index++) state = stepByHand(state, params, index)
    return state.counters.steps
  })
}

interface TableState {
  readonly status: string
  readonly version: number
  readonly counters: Readonly<Record<string, number>>
  readonly booleans: Readonly<Record<string, boolean>>
  readonly fields: Readonly<Record<string, JsonValue>>
}

interface TableRule {
  readonly to: string
  readonly types: Readonly<Record<string, 'counter' | 'string'>>
  readonly guard: (state: TableState, given: JsonObject) => boolean
  readonly effects: (given: JsonObject) => EntityEvent['effects']
}

const rule: Omit<TableRule, 'to'> = {
  types: { by: 'counter', note: 'string' },
  guard: ({ booleans }, { by }) => (booleans['isOpen'] ?? false) && (by as number) > 0,
  effects: ({ by }) => [['steps', '+', by as number]],
}

const table: ReadonlyMap<string, ReadonlyMap<string, TableRule>> = new Map(
  states.map((state) => [state, new Map([['Step', { ...rule, to: nextOf[state] ?? '' }]])]),
)

/** The same work for specs of this kind: any rules, any params and any fields, on immutable records. */
function stepByTable(state: TableState, given: JsonObject, index: number): TableState {
  const found = table.get(state.status)?.get('Step')
  if (found === undefined) throw new Error('wrong status')
  for (const name in given) {
    const value = given[name]
    const type = found.types[name]
    if (type === 'counter' && !(Number.isSafeInteger(value) && (value as number) >= 0))
      throw new Error(`${name} is wrong`)
    if (type === 'string' && typeof value !== 'string') throw new Error(`${name} is wrong`)
  }
  if (!found.guard(state, given)) throw new Error('guard')
  const event: EntityEvent = {
    tenant: entity.tenant,
    type: entity.type,
    id: entity.id,
    sequence: state.version + 1,
    eventId: `e-${index}`,
    action: 'Step',
    from: state.status,
    to: found.to,
    params: given,
    effects: found.effects(given),
    at: index,
    specHash: '',
    specVersion: 1,
  }
  const after = applyByTable(state, event)
  keep(index, event, after)
  return after
}

function applyByTable(state: TableState, { sequence, to, params: given, effects }: EntityEvent): TableState {
  const counters = { ...state.counters }
  const fields: Record<string, JsonValue> = { ...state.fields, status: to }
  for (const name in given) {
    const value = given[name] ?? null
    if (typeof value === 'string' && value.length * 6 + 2 > 131_072)
      throw new Error('too large to stay inline')
    fields[name] = value
  }
  for (const [name, , amount] of effects) {
    const sum = (counters[name] ?? 0) + (amount as number)
    counters[name] = sum
    fields[name] = sum
  }
  return { status: to, version: sequence, counters, booleans: state.booleans, fields }
}

async function prepareByTable(setting: Setting): Promise<Runner> {
  const steps = stepsOf(setting)
  const first: TableState = {
    status: 'S0',
    version: 1,
    counters: { steps: 0 },
    booleans: { isOpen: true },
    fields: { status: 'S0', isOpen: true, steps: 0 },
  }
  return stepper(steps, () => {
    let state = first
    for (let index = 0; index < steps; index++) state = stepByTable(state, params, index)
    return state.counters['steps']
  })
}

/** What a host would still hold: the newest events and states, so that no compiler can leave out making them. */
const kept: unknown[] = Array.from({ length: 2_000 })

function keep(index: number, event: EntityEvent, state: object): void {
  kept[(index * 2) % kept.length] = event
  kept[(index * 2 + 1) % kept.length] = state
}

function stepper(steps: number, run: () => number | undefined): Runner {
  let found: number | undefined
  return {
    round: () =>
      timeRound(steps, async () => {
        found = run()
      }),
    verify: async () => {
      if (found !== steps * 2) throw new Error(`${steps} steps of 2 came to ${found}`)
    },
    close: async () => {},
  }
}

async function prepareCompile({ isQuick }: Setting): Promise<Runner> {
  const times = isQuick ? 50 : 300
  let last: string | undefined
  return {
    round: () =>
      timeRound(times, async () => {
        for (let index = 0; index < times; index++) {
          const { spec } = parseSpec(text)
          last = spec && compileModel(spec).name
        }
      }),
    verify: async () => {
      if (last !== 'Ring') throw new Error('the spec was not compiled')
    },
    close: async () => {},
  }
}

const perdure = 'Perdure decide + evolve'
const byTable = 'table reducer by hand'
const byHand = 'reducer written out for this spec'
const compile = 'parse + compile the spec'

/** See measure: the pure core. */
export const benchmark: Benchmark = {
  name: 'b08-pure-core',
  question: 'How fast are decide, evolve and field sync, without storage?',
  operations: 'steps',
  contenders: [
    { name: perdure, prepare: preparePerdure },
    { name: byTable, prepare: prepareByTable },
    { name: byHand, prepare: prepareByHand },
    { name: compile, prepare: prepareCompile },
  ],
  targets: [
    { label: 'Perdure ÷ table reducer', goal: { atLeast: 0.5 }, valueOf: rateRatio(perdure, byTable) },
    { label: 'Perdure ÷ written out', goal: { atLeast: 0.5 }, valueOf: rateRatio(perdure, byHand) },
    {
      label: 'parse + compile',
      goal: { atMost: 2 },
      unit: 'ms',
      valueOf: (repeat: Repeat) => {
        const round = repeat.get(compile)
        return round && round.elapsedMs / round.operations
      },
    },
  ],
}
