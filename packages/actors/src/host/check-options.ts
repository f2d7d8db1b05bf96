// Options that make no sense are refused when the host is made, not found out about later.
import { defaultLimits, highestLimits, nameProblem } from '@perdure/core'
import type { Limits, Storage } from '@perdure/core'
import { InvalidArgument } from '../errors/host-errors.ts'
import { maxSweepIntervalMs, minSweepIntervalMs } from '../retention/retention-options.ts'
import type { RetentionOptions } from '../retention/retention-options.ts'
import type { HostOptions } from './host-options.ts'
import type { TenantLimits } from './tenant-limits.ts'

/** @throws InvalidArgument `invalid_option` or `invalid_tenant` */
export function checkHostOptions(options: HostOptions): void {
  const { maxBatchEvents, maxBatchBytes, maxCommandsInFlight, maxBytesInFlight, ...others } = options
  const { maxResidents, passivateAfterMs, inlineMaxBytes, maxReplayMs, retry = {}, limits = {} } = others
  const { tenant, durability, maxCommandsWaiting, maxBytesWaiting, maxConcurrentLoads, tenantLimits } = others
  checkCounts({ maxBatchEvents, maxBatchBytes, maxCommandsInFlight, maxBytesInFlight, ...limits }, 1)
  checkCounts({ maxResidents, passivateAfterMs, maxConcurrentLoads }, 1)
  checkCounts({ maxCommandsWaiting, maxBytesWaiting }, 0)
  if (typeof tenantLimits === 'object') checkTenantLimits(tenantLimits)
  checkCounts({ inlineMaxBytes, maxReplayMs }, 0)
  checkOwnership(options)
  if (durability !== undefined && durability !== 'committed' && durability !== 'processed')
    throw invalid('durability', "'committed' or 'processed'", durability)
  for (const [name, value] of Object.entries(retry)) {
    if (typeof value !== 'number' || !(value >= 0))
      throw invalid(`retry.${name}`, 'a number of at least 0', value)
  }
  if (options.retention !== undefined && options.retention !== false) checkRetention(options.retention)
  checkLimits(limits, options.storage)
  const maxIdBytes = limits.maxIdBytes ?? defaultLimits.maxIdBytes
  const problem = tenant === undefined ? undefined : nameProblem(tenant, maxIdBytes)
  if (problem !== undefined) throw new InvalidArgument('invalid_tenant', `the tenant of a host ${problem}`)
}

/** The limits of a host on a storage, which may take less than others. */
export function limitsOf(
  given: Partial<Limits> = {},
  { capabilities }: Pick<Storage, 'capabilities'>,
): Limits {
  const { maxEventBytes: most = Infinity } = capabilities
  return { ...defaultLimits, maxEventBytes: Math.min(defaultLimits.maxEventBytes, most), ...given }
}

/** A limit that could not be held to is refused: the storage would refuse, or lose, what the host has taken. */
function checkLimits(limits: Partial<Limits>, { capabilities }: Pick<Storage, 'capabilities'>): void {
  for (const name of ['maxNestingDepth', 'maxIdBytes'] as const) {
    const value = limits[name] ?? 0
    if (value > highestLimits[name]) throw invalid(`limits.${name}`, `at most ${highestLimits[name]}`, value)
  }
  const { maxEventBytes: most = Infinity } = capabilities
  const { maxEventBytes = 0 } = limits
  if (maxEventBytes <= most) return
  const how = `at most the ${most} that the storage takes, which is opened with a maxEventBytes of its own`
  throw invalid('limits.maxEventBytes', how, maxEventBytes)
}

/** @throws InvalidArgument `invalid_option` */
export function checkTenantLimits(limits: TenantLimits): TenantLimits {
  const { maxCommandsWaiting, ...others } = limits
  const named = (counts: object): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(counts).map(([name, value]) => [`tenantLimits.${name}`, value as number]),
    )
  checkCounts(named(others), 1)
  checkCounts(named({ maxCommandsWaiting }), 0)
  return limits
}

function checkRetention({ sweepIntervalMs: interval, graceMs, prune = {} }: RetentionOptions): void {
  checkCounts({ 'retention.graceMs': graceMs }, 0)
  for (const name of ['maxAgeMs', 'maxStoredBytes'] as const)
    checkCounts({ [`retention.prune.${name}`]: prune[name] }, 0)
  if (interval === undefined) return
  if (Number.isSafeInteger(interval) && interval >= minSweepIntervalMs && interval <= maxSweepIntervalMs)
    return
  const range = `a whole number from ${minSweepIntervalMs} to ${maxSweepIntervalMs}`
  throw invalid('retention.sweepIntervalMs', range, interval)
}

function checkOwnership({ router, hostId, leaseMs }: HostOptions): void {
  checkCounts({ leaseMs }, minLeaseMs)
  if (router === undefined && (hostId !== undefined || leaseMs !== undefined))
    throw invalid('router', 'given where there is a hostId or a leaseMs', router)
  if (hostId !== undefined && !/^[A-Za-z0-9_~-]{1,200}$/.test(hostId))
    throw invalid('hostId', '1 to 200 letters, digits and any of _ ~ -', hostId)
}

/** Shorter, and a host that collects garbage would be taken for dead. */
const minLeaseMs = 100

function checkCounts(counts: Readonly<Record<string, number | undefined>>, least: number): void {
  for (const [name, value] of Object.entries(counts)) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue
    throw invalid(name, `a whole number of at least ${least}`, value)
  }
}

function invalid(option: string, what: string, value: unknown): InvalidArgument {
  return new InvalidArgument('invalid_option', `${option} must be ${what}, and was ${String(value)}`, {
    details: { option },
  })
}
