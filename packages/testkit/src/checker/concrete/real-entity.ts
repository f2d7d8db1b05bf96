// The entity itself, run by core's decide and evolve: where every counterexample has to prove itself.
import { compileModel, decide, evolve, own, relatedKey, unborn } from '@perdure/core'
import type {
  Command,
  EntityEvent,
  EntityModel,
  EntityState,
  JsonObject,
  JsonValue,
  Rejection,
  RuleModel,
  Scope,
} from '@perdure/core'

/** What a command came to. */
export type RealOutcome =
  | { readonly kind: 'accepted'; readonly state: EntityState; readonly event: EntityEvent }
  | { readonly kind: 'refused'; readonly rejection: Rejection }

/** Statuses of other entities, by `Type/id`. */
export type RelatedStatuses = ReadonlyMap<string, string | null>

const nobody: RelatedStatuses = new Map()

/** The real entity of a spec. */
export class RealEntity {
  readonly model: EntityModel
  /** The same without refusing what violates an invariant, to look at the state that would follow. */
  readonly #lenient: EntityModel

  constructor(model: EntityModel) {
    this.model = model
    this.#lenient = compileModel({ ...model.spec, enforceInvariants: false, fieldInvariants: [] })
  }

  /** Creates it; field invariants and invariants are left aside, for they are reported on their own. */
  create(fields: JsonObject): RealOutcome {
    return this.#run(this.#lenient, unborn, { kind: 'create', fields, meta: {} }, nobody)
  }

  /** Why creation is refused at run time; undefined when it is not. */
  creationRefusal(fields: JsonObject): Rejection | undefined {
    const outcome = this.#run(this.model, unborn, { kind: 'create', fields, meta: {} }, nobody)
    return outcome.kind === 'refused' ? outcome.rejection : undefined
  }

  /** Asks an action. `isLenient`: whatever the invariants say. */
  ask(
    state: EntityState,
    action: string,
    params: JsonObject,
    related: RelatedStatuses = nobody,
    isLenient: boolean = false,
  ): RealOutcome {
    const command: Command = { kind: 'action', action, params, meta: {} }
    return this.#run(isLenient ? this.#lenient : this.model, state, command, related)
  }

  /** Whether an invariant, by place in the spec, holds in a state; other entities do not exist. */
  holds(invariant: number, state: EntityState): boolean {
    const assertion = this.#lenient.invariants[invariant]
    if (assertion === undefined || assertion.when?.has(state.status) === false) return true
    const scope = scopeOf(state, {}, nobody)
    return assertion.test(scope) || scope.needs.related.size > 0
  }

  /** Whether a command comes to a rule's guard, past the rules before it, and the guard says no. */
  isRefusedBy(
    rule: RuleModel,
    state: EntityState,
    { action, params, related }: { action: string; params: JsonObject; related: RelatedStatuses },
  ): boolean {
    const scope = scopeOf(state, params, related)
    for (const each of this.model.actions.get(action)?.rulesByStatus.get(state.status) ?? []) {
      const holds = each.guard === undefined || each.guard(scope)
      // Rules are told apart by what they say: the model that a plan was made from may be another one of the same spec.
      if (each.spec === rule.spec) return !holds
      if (holds) return false
    }
    return false
  }

  /** Entities that nobody told of do not exist. */
  #run(model: EntityModel, state: EntityState, command: Command, related: RelatedStatuses): RealOutcome {
    let known = related
    for (;;) {
      const sequence = state.version + 1
      const decision = decide(model, state, command, {
        entity: { tenant: 'default', type: model.name, id: 'checked' },
        now: sequence * 1000,
        eventId: `event-${sequence}`,
        spawnId: (index) => `child-${sequence}-${index}`,
        knowledge: { related: known },
      })
      if (decision.kind === 'rejection') return { kind: 'refused', rejection: decision.rejection }
      if (decision.kind === 'event') {
        const { event } = decision
        return { kind: 'accepted', event, state: evolve(model, state, [event]).state }
      }
      const missing = [...decision.needs.related.values()].map((entity) => relatedKey(entity))
      if (missing.length === 0) throw new Error('the checker made a value that overflows')
      known = new Map([...missing.map((key): [string, null] => [key, null]), ...known])
    }
  }
}

/** What a variable or field holds; undefined when it holds nothing. */
export function readVariable(state: EntityState, name: string): JsonValue | undefined {
  return (
    own(state.counters, name) ??
    own(state.numbers, name) ??
    own(state.booleans, name) ??
    own(state.lists, name) ??
    own(state.fields, name)
  )
}

function scopeOf(state: EntityState, params: JsonObject, related: RelatedStatuses): Scope {
  return {
    status: state.status,
    lookUp: (name) => readVariable(state, name),
    params,
    knowledge: { related },
    needs: { fields: new Set(), related: new Map() },
  }
}
