// Random runs of the persistence cycle: what is asked and when, and what the storage does instead of what it should. Data, so
// that fast-check can shrink it.
import * as fc from 'fast-check'

/** What becomes of one commit. */
export type CommitFault =
  /** Carried out, late. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** Not carried out, so many times in a row. */
  | { readonly kind: 'failBefore'; readonly times: number; readonly isPermanent: boolean }
  /** Carried out, and the answer is lost. */
  | { readonly kind: 'loseReply' }
  /** Carried out, and one unit is not answered for. */
  | { readonly kind: 'missingResult' }
  /** Another host is faster. */
  | { readonly kind: 'conflict' }
  /** The process dies, before or after it is carried out. */
  | { readonly kind: 'crash'; readonly isCarriedOut: boolean }

/** What happens next. */
export type CycleStep =
  | {
      readonly kind: 'ask'
      readonly entity: number
      readonly bytes: number
      /** Asks once more from where the answer is heard: in the callback of the commit, or of the failure. */
      readonly asksAgain: boolean
      readonly isImpatient: boolean
    }
  | { readonly kind: 'fault'; readonly fault: CommitFault }
  | { readonly kind: 'flush' }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'advance'; readonly ms: number }

const fault: fc.Arbitrary<CommitFault> = fc.oneof(
  fc.record({ kind: fc.constant('stall' as const), ms: fc.integer({ min: 1, max: 1_000 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('failBefore' as const),
      times: fc.constantFrom(1, 2, 3, 5, 8, 100),
      isPermanent: fc.boolean(),
    }),
  },
  fc.constant({ kind: 'loseReply' as const }),
  fc.constant({ kind: 'missingResult' as const }),
  fc.constant({ kind: 'conflict' as const }),
  fc.record({ kind: fc.constant('crash' as const), isCarriedOut: fc.boolean() }),
)

const step: fc.Arbitrary<CycleStep> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      entity: fc.nat(2),
      bytes: fc.constantFrom(0, 10, 300, 900),
      asksAgain: fc.boolean(),
      isImpatient: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(400) }) },
)

/** Runs of up to forty steps. */
export const cycleRuns: fc.Arbitrary<readonly CycleStep[]> = fc.array(step, { maxLength: 40, size: 'max' })
