// The shape of a replay property: a promise with a number and a name, and a way to see it broken by one run.
import type { EntitySpec } from '@perdure/core'
import type { ArbitrariesOptions } from '../arbitraries/arbitraries.ts'
import type { Run } from '../arbitraries/run-step.ts'
import type { BlobTamper } from '../storage-contract/contract-case.ts'
import type { Stage, StageOptions } from './stage.ts'

/** What a property is tried on. */
interface Trial {
  readonly specs: readonly EntitySpec[]
  readonly run: Run
  /** A stage with a tenant that nobody has used before, on the storage under test unless another one is named. */
  readonly stage: (options?: Partial<Pick<StageOptions, 'specs' | 'storage' | 'inlineMaxBytes'>>) => Stage
}

/** What is known before anything is tried. */
export interface Setting {
  readonly specs: readonly EntitySpec[]
  readonly tamper: BlobTamper | undefined
}

/** One property. */
export interface ReplayProperty {
  readonly number: number
  /** The promise, as a sentence. */
  readonly name: string
  /** How the runs it is tried on are made. */
  readonly runs?: ArbitrariesOptions
  /** Why it cannot be tried here; undefined when it can. */
  readonly reasonNotTo?: (setting: Setting) => string | undefined
  /** Tries one run. @throws Violation, or whatever else shows that the promise is broken */
  readonly check: (trial: Trial) => Promise<void>
}
