// @perdure/actors/otel: reports to OpenTelemetry. A subpath of its own, for it alone needs @opentelemetry/api.
import { SpanStatusCode } from '@opentelemetry/api'
import type { Histogram, Meter, Tracer } from '@opentelemetry/api'
import type { Attributes, Instrument, Telemetry } from '@perdure/core'
import { instruments } from '../observe/instruments.ts'

export type { Instrument } from '@perdure/core'
export { instruments } from '../observe/instruments.ts'

/** Where to report to; leave one out to go without it. */
export interface OpenTelemetryOptions {
  readonly tracer?: Tracer
  readonly meter?: Meter
}

/**
 * A telemetry port for `createHost({ telemetry })`: an operation becomes a span, and its duration a histogram
 * `<name>.duration` in milliseconds; counters are counters, gauges gauges. What is reported stands in `instruments`.
 */
export function openTelemetry({ tracer, meter }: OpenTelemetryOptions): Telemetry {
  const described = new Map<string, Instrument>(
    Object.values(instruments).map((instrument) => [instrument.name, instrument]),
  )
  const histograms = new Map<string, Histogram>()
  const counters = makeEach('counter', (name, options) => meter?.createCounter(name, options))
  const gauges = makeEach('gauge', (name, options) => meter?.createGauge(name, options))
  const record = (name: string, elapsedMs: number, attributes: Attributes): void => {
    if (meter === undefined) return
    let histogram = histograms.get(name)
    if (histogram === undefined) {
      const description = described.get(name)?.description ?? ''
      histogram = meter.createHistogram(`${name}.duration`, { unit: 'ms', description })
      histograms.set(name, histogram)
    }
    histogram.record(elapsedMs, attributes)
  }
  return {
    start: (name, attributes = {}) => {
      const startedAt = performance.now()
      const span = tracer?.startSpan(name, { attributes })
      let isOver = false
      return {
        end: ({ error, attributes: found = {} } = {}) => {
          const outcome: Attributes = error === undefined ? {} : { error }
          if (isOver) return
          isOver = true
          record(name, performance.now() - startedAt, { ...textsOf(attributes), ...outcome })
          span?.setAttributes({ ...found, ...outcome })
          if (error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR, message: error })
          span?.end()
        },
      }
    },
    count: (name, by, attributes) => counters.get(name)?.add(by, attributes),
    gauge: (name, value, attributes) => gauges.get(name)?.record(value, attributes),
  }
}

/** The instruments of one kind, by name. */
function makeEach<Made>(
  kind: Instrument['kind'],
  make: (name: string, options: { readonly description: string }) => Made | undefined,
): ReadonlyMap<string, Made> {
  const made = new Map<string, Made>()
  for (const instrument of Object.values(instruments)) {
    if (instrument.kind !== kind) continue
    const { name, description } = instrument
    const one = make(name, { description })
    if (one !== undefined) made.set(name, one)
  }
  return made
}

/** Sizes belong to spans; as attributes of a histogram each would make a series of its own. */
function textsOf(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => typeof value !== 'number'))
}
