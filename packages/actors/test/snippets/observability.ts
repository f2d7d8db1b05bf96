import { metrics, trace } from '@opentelemetry/api'
import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'
import { openTelemetry } from '@perdure/actors/otel'

export async function startReporting({ specs, storage }: HostOptions): Promise<Host> {
  const telemetry = openTelemetry({ tracer: trace.getTracer('perdure'), meter: metrics.getMeter('perdure') })
  const host = await createHost({ specs, storage, telemetry })
  host.inspect(({ kind, entity }) => console.log(kind, entity.type, entity.id))
  return host
}
