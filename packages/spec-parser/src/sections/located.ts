import type { Span } from '../toml/span.ts'

/** A value of the spec with the place it was written at, so that later checks can point there. */
export interface Located<Value> {
  readonly value: Value
  readonly span: Span
  /** The value stands for an older form, so no place inside it is known. */
  readonly isRewritten?: true
}
