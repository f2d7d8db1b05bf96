// The shape of the router contract: named cases that any test framework, or none, can run.
import type { Clock, Router } from '@perdure/core'
import type { RouterStage } from './router-stage.ts'

/** What a case may need beyond routers with defaults. */
export type RouterFeature =
  /** Timeouts go by a clock that is given. */
  | 'clock'
  /** `maxBodyBytes` and `maxWaiting` can be set. */
  | 'limits'
  /** What lies between the routers can be taken away, and given back. */
  | 'outage'

/** How a case wants a router. */
export interface RouterSubjectOptions {
  /** What times out requests. Given unless `clock` is off. */
  readonly clock?: Clock
  /** Given unless `limits` is off. */
  readonly maxBodyBytes?: number
  /** Given unless `limits` is off. */
  readonly maxWaiting?: number
}

/** Routers under test that reach each other and nobody else. Opened for one case. */
export interface RouterSubject {
  /** Another router, as another host would open it: with connections of its own. */
  open(options?: RouterSubjectOptions): Promise<Router>
  /** Takes away what lies between the routers, and gives it back; needed unless `outage` is off. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> }
  /** Lets go of what it has, after every router was closed. */
  close(): Promise<void>
}

/** Opens routers under test. */
export type OpenRouters = () => Promise<RouterSubject>

/** How the router contract is run. */
export interface RouterContractSettings {
  /** Features these routers lack, each with its reason. Their cases are skipped aloud. */
  readonly off: Readonly<Partial<Record<RouterFeature, string>>>
  /** How often the random cases are tried. @defaultValue 10 */
  readonly numRuns: number
  /** How long to wait for what must come by itself, milliseconds. @defaultValue 10_000 */
  readonly patienceMs: number
}

/** One promise of the contract. */
export interface RouterCase {
  /** Which part of the contract: `seats`, `time`, … */
  readonly group: string
  /** The promise, as a sentence about "the router". */
  readonly name: string
  readonly needs?: RouterFeature
  /** Rejects when the router breaks the promise. */
  run(stage: RouterStage, settings: RouterContractSettings): Promise<void>
}

/** Makes the cases of one group. */
export function routerGroup(
  group: string,
  cases: Readonly<Record<string, RouterCase['run']>>,
  needs?: RouterFeature,
): readonly RouterCase[] {
  return Object.entries(cases).map(([name, run]) => ({
    group,
    name: `the router ${name}`,
    run,
    ...(needs === undefined ? {} : { needs }),
  }))
}
