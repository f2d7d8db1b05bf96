// Random histories for the model-based case: abstract steps that make sense in any state, so that shrinking may drop any of
// them. Versions are offsets from wherever the entity stands when the step runs.
import * as fc from 'fast-check'

/** Names a history draws from; few, so that steps meet. */
export const entityNames: readonly string[] = ['a', 'b', 'c']
export const fieldNames: readonly string[] = ['f', 'g']
export const contentNames: readonly string[] = ['x', 'y', 'z']

/** A claim that lasts for so long after the present of its step, or for ever. */
export interface ClaimStep {
  readonly field: string
  readonly content: string
  readonly ttl: number | null
}

/** One entity's part of a commit. */
export interface UnitStep {
  readonly entity: string
  /** 0: follows the head; −1 and 1 do not. */
  readonly offset: number
  readonly events: number
  readonly deletes: boolean
  readonly claims: readonly ClaimStep[]
  readonly releases: readonly ClaimStep[]
  /** A snapshot this far behind the new head; negative: ahead of it; absent: none. */
  readonly snapshotBehind: number | null
}

/** One step of a history. */
export type Step =
  | { readonly kind: 'commit'; readonly units: readonly UnitStep[] }
  /** Commits again what an earlier commit did, this many before the last. */
  | { readonly kind: 'repeat'; readonly back: number }
  /** With an age it is a prune; a dry run comes first, and must have said what is done then. */
  | {
      readonly kind: 'sweep'
      readonly pass: number
      readonly graceMs: number
      readonly maxAgeMs: number | null
    }
  | {
      readonly kind: 'restore'
      readonly entity: string
      readonly offset: number
      readonly claims: readonly ClaimStep[]
    }
  | { readonly kind: 'snapshot'; readonly entity: string; readonly sequence: number }

const claimStep: fc.Arbitrary<ClaimStep> = fc.record({
  field: fc.constantFrom(...fieldNames),
  content: fc.constantFrom(...contentNames),
  ttl: fc.option(fc.integer({ min: 1, max: 300 }), { freq: 3 }),
})

/** At most one step a field and content: a unit holds what it says once. */
const claimSteps: fc.Arbitrary<readonly ClaimStep[]> = fc.uniqueArray(claimStep, {
  maxLength: 3,
  selector: ({ field, content }) => `${field} ${content}`,
})

const offset: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 1) },
)

const unitStep: fc.Arbitrary<UnitStep> = fc.record({
  entity: fc.constantFrom(...entityNames),
  offset,
  events: fc.integer({ min: 1, max: 3 }),
  deletes: fc.oneof(
    { weight: 30, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  claims: claimSteps,
  releases: claimSteps,
  snapshotBehind: fc.option(fc.integer({ min: -1, max: 2 }), { freq: 3 }),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      units: fc.uniqueArray(unitStep, { minLength: 1, maxLength: 3, selector: ({ entity }) => entity }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('repeat' as const), back: fc.nat({ max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('sweep' as const),
      pass: fc.integer({ min: 0, max: 150 }),
      graceMs: fc.constantFrom(0, 0, 50, 200),
      maxAgeMs: fc.option(fc.integer({ min: 0, max: 200 }), { freq: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('restore' as const),
      entity: fc.constantFrom(...entityNames),
      offset,
      claims: claimSteps,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('snapshot' as const),
      entity: fc.constantFrom(...entityNames),
      sequence: fc.integer({ min: 1, max: 12 }),
    }),
  },
)

/** A history of up to 40 steps. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(step, { maxLength: 40, size: 'max' })
