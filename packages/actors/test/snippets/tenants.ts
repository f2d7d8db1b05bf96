import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'

/** Nobody takes more than a tenth of the host, and who is on trial a hundredth. */
export async function startShared(
  { specs, storage }: HostOptions,
  isOnTrial: (tenant: string) => boolean,
): Promise<Host> {
  const paid = { maxCommandsInFlight: 1_000, maxCommandsWaiting: 20_000, maxResidents: 10_000 }
  const trial = { maxCommandsInFlight: 100, maxCommandsWaiting: 2_000, maxResidents: 1_000 }
  return createHost({
    specs,
    storage,
    tenantLimits: (tenant) => (isOnTrial(tenant) ? trial : paid),
  })
}
