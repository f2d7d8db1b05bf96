// A state being folded: events are applied to it one by one, and fields are synced once at the end. Owned by whoever
// opened it; copies a record the first time it changes, so that the state it came from stays as it was.
import { FieldDraft } from '../fields/field-draft.ts'
import type { SyncedFields } from '../fields/field-draft.ts'
import type { FieldPolicies } from '../fields/field-policy.ts'
import type { JsonValue } from '../json/json-value.ts'
import { OverflowedValue, lookUpVariable } from '../model/scope.ts'
import type { ScopeValue } from '../model/scope.ts'
import type { EntityState } from './entity-state.ts'

/** An entity state under construction. */
export class Draft {
  readonly #origin: EntityState
  /** Lists that are copies already. Made when the first one is: most drafts live for one event and touch none. */
  #ownedLists: Set<string> | undefined
  status: string
  version: number
  deletedAt: number | undefined
  counters: Record<string, number>
  numbers: Record<string, number>
  booleans: Record<string, boolean>
  lists: Record<string, readonly JsonValue[]>
  readonly fields: FieldDraft

  /** `policies`: under which the fields are synced; `noCeilings` for a draft that is looked at and thrown away. */
  constructor(origin: EntityState, policies: FieldPolicies) {
    this.#origin = origin
    this.fields = new FieldDraft(policies, origin)
    this.status = origin.status
    this.version = origin.version
    this.deletedAt = origin.deletedAt
    this.counters = origin.counters
    this.numbers = origin.numbers
    this.booleans = origin.booleans
    this.lists = origin.lists
  }

  setCounter(name: string, value: number): void {
    if (this.counters === this.#origin.counters) this.counters = { ...this.counters }
    this.counters[name] = value
  }

  setNumber(name: string, value: number): void {
    if (this.numbers === this.#origin.numbers) this.numbers = { ...this.numbers }
    this.numbers[name] = value
  }

  setBoolean(name: string, value: boolean): void {
    if (this.booleans === this.#origin.booleans) this.booleans = { ...this.booleans }
    this.booleans[name] = value
  }

  setList(name: string, items: readonly JsonValue[]): void {
    if (this.lists === this.#origin.lists) this.lists = { ...this.lists }
    this.lists[name] = items
    this.#ownedLists?.delete(name)
  }

  /** Takes a variable out of the record that holds it, before it is declared anew. */
  undeclare(name: string): void {
    if (Object.hasOwn(this.counters, name)) this.counters = without(this.counters, name)
    if (Object.hasOwn(this.numbers, name)) this.numbers = without(this.numbers, name)
    if (Object.hasOwn(this.booleans, name)) this.booleans = without(this.booleans, name)
    if (Object.hasOwn(this.lists, name)) this.lists = without(this.lists, name)
  }

  /** The list as one that may be changed in place: it is copied once a draft, not once an event. */
  mutableList(name: string): JsonValue[] {
    const items = this.lists[name] ?? []
    if (this.#ownedLists?.has(name) === true) return items as JsonValue[]
    const copy = [...items]
    this.setList(name, copy)
    this.#ownedLists ??= new Set()
    this.#ownedLists.add(name)
    return copy
  }

  /** Looks a name up as a guard would in the state that this becomes. */
  lookUp(name: string): ScopeValue | undefined {
    const variable = lookUpVariable(this, name)
    if (variable !== undefined) return variable
    const field = this.fields.read(name)
    if (field === undefined) return undefined
    return field.kind === 'value' ? field.value : new OverflowedValue(field.content)
  }

  /** Ends the draft: syncs the fields that changed and gives the finished state with the content that overflowed. */
  close(): { readonly state: EntityState; readonly overflow: SyncedFields['overflow'] } {
    const { fields, refs, overflow } = this.fields.close()
    const { status, version, counters, numbers, booleans, lists, deletedAt } = this
    const state: EntityState = { status, version, counters, numbers, booleans, lists, fields, refs }
    return { state: deletedAt === undefined ? state : { ...state, deletedAt }, overflow }
  }
}

function without<Value>(record: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  const rest = { ...record }
  delete rest[name]
  return rest
}
