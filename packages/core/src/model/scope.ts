// What an expression may look at while it is evaluated, and what it found missing. Evaluation does no I/O: content or a
// related status that is not at hand goes on the list of needs, and whoever decides fetches it and evaluates again.
import type { EntityState } from '../entity/entity-state.ts'
import type { ContentRef } from '../entity/event.ts'
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'

/** Names an entity of the same tenant. */
export interface RelatedEntity {
  readonly type: string
  readonly id: string
}

/** Knowledge a decision can be given beyond the state. */
export interface Knowledge {
  /** Values of overflowed fields, by hash. */
  readonly contents?: ReadonlyMap<string, JsonValue>
  /** Statuses of related entities, by `relatedKey`; null when there is no such entity. */
  readonly related?: ReadonlyMap<string, string | null>
}

/** Knowledge that was missing. */
export interface Needs {
  /** Fields whose overflowed value is read. */
  readonly fields: Set<string>
  readonly related: Map<string, RelatedEntity>
}

/** Key of a related entity in `Knowledge.related`. */
export function relatedKey({ type, id }: RelatedEntity): string {
  return `${type}/${id}`
}

/** An overflowed value seen from an expression: its hash and size are known, its content may not be. */
export class OverflowedValue {
  readonly content: ContentRef
  constructor(content: ContentRef) {
    this.content = content
  }
}

/** What a name may turn out to be. */
export type ScopeValue = JsonValue | OverflowedValue

/** The surroundings of one evaluation. */
export interface Scope {
  readonly status: string
  /** What a variable or field holds; undefined when it holds nothing. */
  lookUp(name: string): ScopeValue | undefined
  readonly params: JsonObject
  readonly knowledge: Knowledge
  readonly needs: Needs
}

/** Needs as they come up. Most decisions have none, so its collections are made when they are first looked at. */
export class NeedList implements Needs {
  #fields: Set<string> | undefined
  #related: Map<string, RelatedEntity> | undefined

  get fields(): Set<string> {
    return (this.#fields ??= new Set())
  }

  get related(): Map<string, RelatedEntity> {
    return (this.#related ??= new Map())
  }

  get isEmpty(): boolean {
    return (this.#fields?.size ?? 0) + (this.#related?.size ?? 0) === 0
  }
}

/** Looks a name up in a state: typed variables first, then fields. */
export function lookUpIn(state: EntityState, name: string): ScopeValue | undefined {
  const value = lookUpVariable(state, name) ?? own(state.fields, name)
  if (value !== undefined) return value
  const ref = own(state.refs, name)
  return ref && new OverflowedValue(ref)
}

/** What the typed record that holds a variable has under its name. */
export function lookUpVariable(
  { counters, numbers, booleans, lists }: Pick<EntityState, 'counters' | 'numbers' | 'booleans' | 'lists'>,
  name: string,
): JsonValue | undefined {
  return own(counters, name) ?? own(numbers, name) ?? own(booleans, name) ?? own(lists, name)
}

/** The scope of a guard: the state before the action. */
export class StateScope implements Scope {
  readonly #state: EntityState
  readonly params: JsonObject
  readonly knowledge: Knowledge
  readonly needs: Needs

  constructor(state: EntityState, params: JsonObject, knowledge: Knowledge, needs: Needs) {
    this.#state = state
    this.params = params
    this.knowledge = knowledge
    this.needs = needs
  }

  get status(): string {
    return this.#state.status
  }

  lookUp(name: string): ScopeValue | undefined {
    return lookUpIn(this.#state, name)
  }
}

/** Reads a variable or field; a name that holds nothing reads as null. */
export function readName(scope: Scope, name: string): ScopeValue {
  const value = scope.lookUp(name)
  if (value instanceof OverflowedValue) return scope.knowledge.contents?.get(value.content.hash) ?? value
  return value ?? null
}

/** Reads a name whose content matters; asks for it, and answers null, when it has overflowed and is not at hand. */
export function readContent(scope: Scope, name: string): JsonValue {
  const value = readName(scope, name)
  if (!(value instanceof OverflowedValue)) return value
  scope.needs.fields.add(name)
  return null
}
