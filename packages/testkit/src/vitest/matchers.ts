// Matchers for what the testkit has looked into: they fail with the smallest run that shows what is wrong.
import { expect } from 'vitest'
import type { SearchResult } from '../arbitraries/find-counterexample.ts'
import { renderReport } from '../checker/render/render-report.ts'
import type { VerifyReport } from '../checker/report.ts'
import type { PropertyOutcome, ReplayReport } from '../properties/check-replay.ts'

/** What `toHold` understands: the result of one search, or of several. */
export type Holdable = SearchResult | PropertyOutcome | ReplayReport

/** The matchers, for `expect.extend` of another instance of vitest's `expect`. */
export const perdureMatchers: {
  toHold(received: Holdable): { readonly pass: boolean; readonly message: () => string }
  toBeVerified(received: VerifyReport): { readonly pass: boolean; readonly message: () => string }
} = {
  toHold(received) {
    const outcomes = 'outcomes' in received ? received.outcomes : [received]
    const failures = outcomes.flatMap((outcome) => (outcome.kind === 'fails' ? [outcome.error.message] : []))
    return {
      pass: failures.length === 0,
      message: () =>
        failures.length === 0 ? 'expected a counterexample, and there is none' : failures.join('\n\n'),
    }
  },
  toBeVerified(received) {
    const isProved = received.verdict === 'pass'
    return {
      pass: isProved,
      message: () =>
        isProved ? 'expected something to be wrong, and everything is proved' : renderReport(received),
    }
  },
}

expect.extend(perdureMatchers)

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-explicit-any, no-unused-vars -- vitest declares it with this parameter
  interface Matchers<T = any> {
    /** What was looked into holds: no run was found that breaks it. */
    toHold(): void
    /** Every required property of every spec is proved; a limit that was met is no proof. */
    toBeVerified(): void
  }
}
