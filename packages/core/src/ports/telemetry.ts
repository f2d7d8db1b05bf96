/** Counters and durations that a host reports; an OpenTelemetry adapter fits. Values are numbers, never user data. */
export interface Telemetry {
  /** Adds to a counter. */
  count(metric: string, by: number): void
  /** Records a duration in milliseconds or a size, as the metric's name says. */
  record(metric: string, value: number): void
}

/** Reports nothing. */
export const noTelemetry: Telemetry = { count: () => {}, record: () => {} }
