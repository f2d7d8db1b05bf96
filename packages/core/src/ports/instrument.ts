/** One thing that is reported, as data: what code takes its names from and documentation is held to. */
export interface Instrument {
  readonly name: string
  /**
   * An operation takes time: a span, and a histogram of its duration in milliseconds. A counter counts. A gauge says how much
   * there is of something now.
   */
  readonly kind: 'operation' | 'counter' | 'gauge'
  readonly description: string
  /** What it is told apart by, beside `error` for an operation that failed. */
  readonly attributes: readonly string[]
}
