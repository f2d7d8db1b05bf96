import { checkTenantLimits } from './check-options.ts'

/** What one tenant may take of a host. What is absent is bounded by the host's own options alone. */
export interface TenantLimits {
  /** Commands on their way at once; more wait, while those of other tenants go on. */
  readonly maxCommandsInFlight?: number
  /** Bytes of their payloads, as estimated; a single command over it is taken when no other of the tenant is on its way. */
  readonly maxBytesInFlight?: number
  /** Commands that wait to be admitted; more are refused with `Overloaded`. */
  readonly maxCommandsWaiting?: number
  /** Entities loaded at once; more wait, while those of other tenants go on. */
  readonly maxConcurrentLoads?: number
  /** Entities in memory; more than these are let go of, those in least use first, as soon as they are idle. */
  readonly maxResidents?: number
}

/** The limits of each tenant, or of all alike. A function is asked often: it should look the answer up, and may change it. */
export type TenantLimitsOption = TenantLimits | ((tenant: string) => TenantLimits)

/** Undefined where tenants have no limits. What it gives throws InvalidArgument `invalid_option` for limits that make no sense. */
export function tenantLimitsOf(
  option: TenantLimitsOption | undefined,
): ((tenant: string) => TenantLimits) | undefined {
  if (typeof option === 'function') return (tenant) => checkTenantLimits(option(tenant))
  return option === undefined ? undefined : () => option
}
