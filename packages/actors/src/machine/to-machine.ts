// The automaton of a spec as an XState machine: for diagrams, for `xstate/graph`, for trying a spec out. It stores nothing and
// is no entity; those are run by entityLogic. It decides by the model, so that it can do what an entity can and nothing else.
import { compileModel, decide, evolve, printExpression, unborn } from '@perdure/core'
import type { ActionSpec, EntityModel, EntityState, JsonObject } from '@perdure/core'
import { assign, createMachine } from 'xstate'
import type { AnyStateMachine } from 'xstate'
import { InvalidArgument } from '../errors/host-errors.ts'

/** What the machine holds beside its state, which is the status: the variables and fields. Finite where they are. */
export type MachineContext = Pick<EntityState, 'counters' | 'numbers' | 'booleans' | 'lists' | 'fields'>

/** An action asked of the machine. */
export interface MachineEvent {
  /** The action's name. */
  readonly type: string
  readonly params?: JsonObject
  /** Statuses of related entities by `Type/id`; null, or left out, where there is none. */
  readonly related?: Readonly<Record<string, string | null>>
}

/** What the machine begins with. */
export interface MachineInput {
  /** As given to `spawn`. */
  readonly fields?: JsonObject
}

interface Step {
  readonly context: MachineContext
  readonly event: MachineEvent
}

/**
 * Makes the machine of a model: a state for each status, final where it is terminal, and a transition for each rule and each
 * status that it leaves, in file order, described by its guard. An action that an entity would reject changes nothing. It begins as
 * an entity does that has just been created; where the spec refuses that, the machine begins in error. Direct field updates and deletion are
 * left out, and no value overflows.
 * @throws InvalidArgument `invalid_option` for an action or status whose name means something else to XState
 */
export function toMachine(model: EntityModel): AnyStateMachine {
  const { spec } = model
  refuseNames(
    spec.actions.map(({ name }) => name),
    /\*/,
  )
  refuseNames(spec.states, /[.#]/)
  const whole = withoutOverflow(model)
  const statuses = new Map(spec.states.map((status) => [status, stateOf(whole, status)]))
  return createMachine({
    id: spec.name,
    initial: spec.initial,
    context: ({ input }: { readonly input?: MachineInput }) => born(whole, input?.fields ?? {}),
    states: Object.fromEntries(statuses),
  } as Parameters<typeof createMachine>[0])
}

/** Ceilings decide nothing; without them the context says everything. */
function withoutOverflow({ spec, limits }: EntityModel): EntityModel {
  const variables = spec.variables.map((variable) => ({
    ...variable,
    overflow: { journal: 'value' as const, inlineMaxBytes: Infinity },
  }))
  return compileModel({ ...spec, variables }, { limits, inlineMaxBytes: Infinity })
}

function stateOf(model: EntityModel, status: string) {
  const { spec, terminal } = model
  if (terminal.has(status)) return { type: 'final' as const }
  const rules = spec.actions.filter(
    ({ kind, from }) => kind !== 'output' && (from.length === 0 || from.includes(status)),
  )
  const on = new Map<string, readonly object[]>()
  for (const rule of rules)
    on.set(rule.name, [...(on.get(rule.name) ?? []), transitionOf(model, rule, status)])
  return { on: Object.fromEntries(on) }
}

function transitionOf(model: EntityModel, { to, guard }: ActionSpec, status: string): object {
  const target = to ?? status
  return {
    target,
    // Entered anew or not is no difference to an entity: nothing happens on the way in.
    reenter: false,
    ...(guard === undefined ? {} : { description: printExpression(guard) }),
    guard: (step: Step) => ask(model, step)?.status === target,
    actions: assignState((step) => ask(model, step)),
  }
}

function assignState(next: (step: Step) => EntityState | undefined): object {
  return assign(({ context, event }: Step) => {
    const state = next({ context, event })
    return state === undefined ? context : contextOf(state)
  })
}

function born(model: EntityModel, fields: JsonObject): MachineContext {
  const decision = decide(model, unborn, { kind: 'create', fields, meta: {} }, contextFor(model))
  if (decision.kind === 'event') return contextOf(evolve(model, unborn, [decision.event]).state)
  const why = decision.kind === 'rejection' ? decision.rejection.message : 'it depends on other entities'
  throw new InvalidArgument('invalid_option', `${model.name} cannot be created with these fields: ${why}`)
}

/** The state that an action leads to; undefined when it is rejected. */
function ask(model: EntityModel, { context, event }: Step): EntityState | undefined {
  const state: EntityState = { ...unborn, ...context, status: context.fields['status'] as string, version: 1 }
  const command = { kind: 'action', action: event.type, params: event.params ?? {}, meta: {} } as const
  const related = new Map(Object.entries(event.related ?? {}))
  for (;;) {
    const decision = decide(model, state, command, { ...contextFor(model), knowledge: { related } })
    if (decision.kind === 'event') return evolve(model, state, [decision.event]).state
    if (decision.kind === 'rejection') return undefined
    for (const key of decision.needs.related.keys()) related.set(key, related.get(key) ?? null)
  }
}

function contextFor({ name }: EntityModel) {
  const entity = { tenant: 'default', type: name, id: 'machine' }
  return { entity, now: 0, eventId: 'event', spawnId: (index: number) => `child-${index}` }
}

function contextOf({ counters, numbers, booleans, lists, fields }: EntityState): MachineContext {
  return { counters, numbers, booleans, lists, fields }
}

function refuseNames(names: readonly string[], pattern: RegExp): void {
  const name = names.find((each) => pattern.test(each))
  if (name !== undefined)
    throw new InvalidArgument(
      'invalid_option',
      `"${name}" means something else to XState; there is no machine of it`,
    )
}
