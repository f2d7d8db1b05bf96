// A second opinion: explores an entity by deciding real commands on real states, with no abstraction at all. Slow and
// bounded; right for small specs whose constants are small.
import { compileModel, decide, evolve, unborn } from '@perdure/core'
import type { Command, EntityModel, EntitySpec, EntityState, JsonObject, JsonValue } from '@perdure/core'

/** One state. */
export interface NaiveState {
  readonly status: string
  readonly next: ReadonlyMap<string, ReadonlySet<number>>
}

/** What was found. */
export interface NaiveFindings {
  readonly statuses: ReadonlySet<string>
  readonly violated: ReadonlySet<string>
  readonly isStuckSomewhere: boolean
  /** Names of the actions that were accepted. */
  readonly accepted: ReadonlySet<string>
  /** Every state with what was accepted in it: by action, the places of the states it led to. */
  readonly states: readonly NaiveState[]
  /** No state was left out, so what was not found is not there. */
  readonly isComplete: boolean
}

/** Numbers beyond this and longer lists are not followed. */
const bound = 7
const maxStates = 1_500

/** Explores a spec whose params are strings among `a`, `b` and others, and small integers. */
export function exploreNaively(spec: EntitySpec): NaiveFindings {
  const model = compileModel(spec)
  const lenient = compileModel({ ...spec, enforceInvariants: false })
  const alone = spec.invariants.map(
    (one) => [one.name, compileModel({ ...spec, enforceInvariants: true, invariants: [one] })] as const,
  )
  const statuses = new Set<string>()
  const violated = new Set<string>()
  const accepted = new Set<string>()
  const seen = new Map<string, EntityState>()
  const places = new Map<string, number>()
  const states: NaiveState[] = []
  let isComplete = true
  let isStuckSomewhere = false

  const initial = run(lenient, unborn, { kind: 'create', fields: {}, meta: {} })
  if (initial === undefined) throw new Error('it cannot be created')
  for (const [name, only] of alone)
    if (run(only, unborn, { kind: 'create', fields: {}, meta: {} }) === undefined) violated.add(name)
  const place = (state: EntityState): number => {
    const key = keyOf(state)
    if (!seen.has(key)) {
      places.set(key, seen.size)
      seen.set(key, state)
    }
    return places.get(key) ?? -1
  }
  place(initial)

  for (const state of seen.values()) {
    statuses.add(state.status)
    if (isBeyond(state) || seen.size > maxStates) {
      isComplete = false
      continue
    }
    const following = new Map<string, Set<number>>()
    states.push({ status: state.status, next: following })
    for (const command of commandsIn(spec, state)) {
      if (run(lenient, state, command) === undefined) continue
      for (const [name, only] of alone) if (run(only, state, command) === undefined) violated.add(name)
      const next = run(model, state, command)
      if (next === undefined) continue
      if (command.kind !== 'action') continue
      accepted.add(command.action)
      following.set(command.action, (following.get(command.action) ?? new Set()).add(place(next)))
    }
    if (following.size === 0 && !model.terminal.has(state.status)) isStuckSomewhere = true
  }
  return { statuses, violated, isStuckSomewhere, accepted, states, isComplete }
}

function run(model: EntityModel, state: EntityState, command: Command): EntityState | undefined {
  const decision = decide(model, state, command, {
    entity: { tenant: 't', type: model.name, id: 'n' },
    now: 1,
    eventId: 'e',
  })
  return decision.kind === 'event' ? evolve(model, state, [decision.event]).state : undefined
}

function keyOf({ status, counters, numbers, booleans, lists, fields }: EntityState): string {
  return JSON.stringify([status, counters, numbers, booleans, lists, fields['text'] ?? null])
}

function isBeyond({ counters, numbers, lists }: EntityState): boolean {
  const sizes = [...Object.values(counters), ...Object.values(numbers).map(Math.abs)]
  return [...sizes, ...Object.values(lists).map((list) => list.length + 3)].some((size) => size > bound)
}

function commandsIn({ actions }: EntitySpec, { fields }: EntityState): readonly Command[] {
  const commands: Command[] = []
  const texts: JsonValue[] = ['', 'a', 'b', 'z', 'zz', fields['text'] ?? null]
  for (const name of new Set(actions.map((rule) => rule.name))) {
    let options: readonly JsonObject[] = [{}]
    const params = actions.filter((rule) => rule.name === name).flatMap((rule) => rule.params)
    for (const param of new Map(params.map((one) => [one.name, one])).values()) {
      const values: readonly JsonValue[] =
        param.type === 'string' ? texts : [null, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]
      options = options.flatMap((given) => [
        given,
        ...values.map((value) => ({ ...given, [param.name]: value })),
      ])
    }
    for (const given of options) commands.push({ kind: 'action', action: name, params: given, meta: {} })
  }
  return commands
}
