// Holds a spec, a runtime and a storage to the replay properties. Runs anywhere; '@perdure/testkit/vitest' registers the
// same as named tests.
import { randomUUID } from 'node:crypto'
import type { EntitySpec, Storage } from '@perdure/core'
import { arbitraries } from '../arbitraries/arbitraries.ts'
import { findCounterexample } from '../arbitraries/find-counterexample.ts'
import type { PropertyFailed, SearchOptions } from '../arbitraries/find-counterexample.ts'
import type { Run } from '../arbitraries/run-step.ts'
import type { ContractSubject } from '../storage-contract/contract-case.ts'
import { replayPropertyList } from './replay-properties.ts'
import type { ReplayProperty } from './replay-property.ts'
import { Stage } from './stage.ts'
import type { StageOptions, StartHost } from './stage.ts'

/** How the properties are tried. */
export interface ReplayOptions extends SearchOptions {
  /** The runtime under test. @defaultValue `createHost` of `@perdure/actors` */
  readonly startHost?: StartHost
  /** Numbers of the properties to try. @defaultValue all */
  readonly only?: readonly number[]
}

/**
 * A storage to try them on: an opened storage alone, or with a way to damage its blobs. Closed after each property; one that
 * several properties share is opened once and given out with a `close` that does nothing. Nobody else may write to it.
 */
export type OpenReplayStorage = () =>
  | Storage
  | Pick<ContractSubject, 'storage' | 'tamper' | 'close'>
  | Promise<Storage>
  | Promise<ContractSubject>

/** What became of one property. */
export type PropertyOutcome = { readonly number: number; readonly name: string } & (
  | { readonly kind: 'holds'; readonly runs: number; readonly seed: number }
  | { readonly kind: 'fails'; readonly error: PropertyFailed; readonly run: Run; readonly seed: number }
  | { readonly kind: 'skipped'; readonly reason: string }
)

/** What became of all of them. */
export interface ReplayReport {
  readonly outcomes: readonly PropertyOutcome[]
  /** Whether none failed. */
  readonly holds: boolean
}

/** Tries every replay property on runs made from the specs. Never throws for a broken one; see the report. */
export async function checkReplay(
  specs: EntitySpec | readonly EntitySpec[],
  openStorage: OpenReplayStorage,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const outcomes: PropertyOutcome[] = []
  for (const property of replayPropertyList)
    if (options.only?.includes(property.number) !== false)
      outcomes.push(await checkReplayProperty(property, specs, openStorage, options))
  return { outcomes, holds: outcomes.every(({ kind }) => kind !== 'fails') }
}

/** The title of a property: its number in the list of all, and its promise. */
export function titleOf({ number, name }: Pick<ReplayProperty, 'number' | 'name'>): string {
  return `P${number} ${name}`
}

/** Tries one property, on a storage of its own. */
export async function checkReplayProperty(
  property: ReplayProperty,
  given: EntitySpec | readonly EntitySpec[],
  openStorage: OpenReplayStorage,
  options: ReplayOptions,
): Promise<PropertyOutcome> {
  const { number, name } = property
  const specs = 'states' in given ? [given] : given
  const opened = await openStorage()
  const { storage, tamper, close } = 'commit' in opened ? alone(opened) : opened
  try {
    const reason = property.reasonNotTo?.({ specs, tamper })
    if (reason !== undefined) return { number, name, kind: 'skipped', reason }
    // Properties, suites and earlier runs may share a storage; their tenants keep them apart.
    const prefix = randomUUID().slice(0, 8)
    let stages = 0
    const { startHost } = options
    const stage = (own: Partial<StageOptions> = {}): Stage =>
      new Stage({
        specs,
        storage,
        tenant: `${prefix}-${++stages}`,
        ...(tamper === undefined ? {} : { tamper }),
        ...(startHost === undefined ? {} : { startHost }),
        ...own,
      })
    const found = await findCounterexample(
      {
        property: titleOf(property),
        types: specs.map((spec) => spec.name),
        runs: arbitraries(specs, { maxFaults: 0, ...property.runs }).run,
        check: (run) => property.check({ specs, run, stage }),
      },
      options,
    )
    return { number, name, ...found }
  } finally {
    await close()
  }
}

function alone(storage: Storage): Pick<ContractSubject, 'storage' | 'tamper' | 'close'> {
  return { storage, close: () => storage.close() }
}
