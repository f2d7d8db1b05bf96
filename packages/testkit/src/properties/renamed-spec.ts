// A spec and what became of it two versions later, when nothing is called what it was. For reading only: what the later specs
// decide by is left out.
import { deletedStatus } from '@perdure/core'
import type { EntitySpec, UpcastSpec } from '@perdure/core'

/** Three versions of one entity type, and what the names of the first are in the last. */
export interface Renamed {
  readonly middle: EntitySpec
  readonly last: EntitySpec
  readonly status: (name: string) => string
  readonly field: (name: string) => string
}

type Rename = (name: string) => string

/** Renames every status, variable, param and action, twice. */
export function renameSpec(spec: EntitySpec): Renamed {
  const middle = renameOnce(spec, (name) => `${name}_a`)
  const last = renameOnce(middle, (name) => `${name}_b`)
  const known = new Set([
    ...spec.variables.map(({ name }) => name),
    ...spec.actions.flatMap(({ params }) => params.map(({ name }) => name)),
  ])
  return {
    middle,
    last,
    status: (name) => (name === '' || name === deletedStatus ? name : `${name}_a_b`),
    field: (name) => (known.has(name) ? `${name}_a_b` : name),
  }
}

function renameOnce(spec: EntitySpec, rename: Rename): EntitySpec {
  const status: Rename = (name) => (name === deletedStatus ? name : rename(name))
  const table = (names: readonly string[], by: Rename) =>
    Object.fromEntries(names.filter((name) => by(name) !== name).map((name) => [name, by(name)]))
  const params = spec.actions.flatMap((rule) => rule.params.map(({ name }) => name))
  const upcast: UpcastSpec = {
    fromVersion: spec.version,
    renameAction: table(
      spec.actions.map(({ name }) => name),
      rename,
    ),
    renameParam: table(params, rename),
    renameStatus: table(spec.states, status),
    renameVariable: table(
      spec.variables.map(({ name }) => name),
      rename,
    ),
    defaultParam: {},
  }
  return {
    ...spec,
    version: spec.version + 1,
    states: spec.states.map(status),
    initial: status(spec.initial),
    terminal: spec.terminal.map(status),
    allowIndefiniteStates: [],
    variables: spec.variables.map((variable) => ({ ...variable, name: rename(variable.name) })),
    actions: spec.actions.map((rule) => ({
      name: rename(rule.name),
      kind: rule.kind,
      from: rule.from.map(status),
      effects: [],
      params: rule.params.map((param) => ({ ...param, name: rename(param.name), required: false })),
    })),
    invariants: [],
    liveness: [],
    fieldInvariants: [],
    stateTimeouts: [],
    integrations: [],
    webhooks: [],
    keys: [],
    upcasts: [...spec.upcasts, upcast],
  }
}
