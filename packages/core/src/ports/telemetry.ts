/** What a measurement is about: names, numbers and codes; never values of fields. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** Something under way that takes time. */
export interface Operation {
  /** Ends it, once. `error` is the code of what went wrong. */
  end(outcome?: { readonly error?: string; readonly attributes?: Attributes }): void
}

/** Where a host reports what it does; an OpenTelemetry adapter fits. */
export interface Telemetry {
  /** Starts an operation, as part of the one that is under way where this is called, if any. */
  start(operation: string, attributes?: Attributes): Operation
  /** Adds to a counter. */
  count(metric: string, by: number, attributes?: Attributes): void
  /** Says how much there is of something now. @defaultValue nobody wants to know */
  gauge?(metric: string, value: number, attributes?: Attributes): void
}

const untold: Operation = { end: () => {} }

/** Reports nothing. */
export const noTelemetry: Telemetry = { start: () => untold, count: () => {} }
