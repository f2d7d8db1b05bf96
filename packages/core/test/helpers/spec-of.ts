// Specs as a test would write them: what it says, and the language's defaults for everything else.
import { zeroOf } from '@perdure/core'
import type {
  ActionSpec,
  EntitySpec,
  OverflowPolicy,
  ParamSpec,
  StateVariable,
  ValueType,
} from '@perdure/core'

/** A spec of one entity type with two states, `Open` and the terminal `Closed`, unless told otherwise. */
export function specOf(parts: Partial<EntitySpec> = {}): EntitySpec {
  return {
    name: 'Thing',
    states: ['Open', 'Closed'],
    initial: 'Open',
    terminal: ['Closed'],
    strictActionParams: true,
    enforceInvariants: true,
    snapshotEvery: 100,
    version: 1,
    allowIndefiniteStates: [],
    variables: [],
    actions: [],
    invariants: [],
    liveness: [],
    fieldInvariants: [],
    stateTimeouts: [],
    integrations: [],
    webhooks: [],
    keys: [],
    upcasts: [],
    ...parts,
  }
}

/** A state variable at its type's zero, kept by value, with the host's ceiling. */
export function variableOf(
  name: string,
  type: ValueType = 'string',
  {
    overflow,
    ...parts
  }: Partial<Omit<StateVariable, 'overflow'>> & { readonly overflow?: Partial<OverflowPolicy> } = {},
): StateVariable {
  return {
    name,
    type,
    initial: zeroOf(type),
    queryIndexed: true,
    sensitive: false,
    ...parts,
    overflow: { journal: 'value', ...overflow },
  }
}

/** A rule from any live status that stays where it is and does nothing. */
export function ruleOf(name: string, parts: Partial<ActionSpec> = {}): ActionSpec {
  return { name, kind: 'input', from: [], effects: [], params: [], ...parts }
}

/** An optional param. */
export function paramOf(name: string, type: ValueType = 'string', parts: Partial<ParamSpec> = {}): ParamSpec {
  return { name, type, required: false, transient: false, ...parts }
}
