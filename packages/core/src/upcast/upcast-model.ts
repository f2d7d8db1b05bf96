// What a model needs to read events of older versions of its spec. Compiled once; most models have no steps at all.
import type { EntityEvent } from '../entity/event.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import type { EntitySpec, UpcastSpec } from '../spec/entity-spec.ts'

/**
 * How older events of one entity type read today, where the tables of `[[upcast]]` do not suffice. It gets each event of an
 * older version after those tables, frozen, and answers with what it reads as. Pure: the same event always gives the same
 * answer. It may change `action`, `from`, `to`, `params`, `paramRefs`, `transient` and `effects`, and nothing else; raise
 * the spec's `version` whenever it changes, for snapshots are kept by spec.
 */
export type UpcastHook = (event: EntityEvent) => EntityEvent

/** One `[[upcast]]`, with its defaults under the names that their params have today. */
export interface UpcastStep extends UpcastSpec {
  readonly defaults: readonly (readonly [param: string, value: JsonValue])[]
}

/** The compiled upcasts of a spec. */
export interface UpcastModel {
  /** In the order of `fromVersion`. */
  readonly steps: readonly UpcastStep[]
  readonly hook?: UpcastHook
}

/** Compiles the upcasts of a spec. */
export function compileUpcasts(spec: EntitySpec, hook: UpcastHook | undefined): UpcastModel {
  const upcasts = spec.upcasts.toSorted((left, right) => left.fromVersion - right.fromVersion)
  const steps = upcasts.map((upcast, index): UpcastStep => {
    const later = upcasts.slice(index + 1)
    const today = (param: string): string =>
      later.reduce((name, { renameParam }) => own(renameParam, name) ?? name, param)
    const defaults = Object.entries(upcast.defaultParam).map(
      ([param, value]) => [today(param), value] as const,
    )
    return { ...upcast, defaults }
  })
  return { steps, ...(hook === undefined ? {} : { hook }) }
}
