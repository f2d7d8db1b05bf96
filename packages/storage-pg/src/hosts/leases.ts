// The leases of hosts in their table: see the port for what each does. One row a host, and one statement a change.
import type { HostLease } from '@perdure/core'
import { sql } from 'kysely'
import { StorageError } from '@perdure/core'
import type { StorageContext } from '../storage-context.ts'

interface LeaseRow {
  readonly lease: bigint
  readonly host: string
  readonly beat: bigint
  readonly leaseMs: bigint
}

const columns = sql`lease, host, beat, lease_ms as "leaseMs"`

/** See `Storage.acquireLease`. The older ones end after it is there: of two that come at once the later stays. */
export async function acquireLease(
  { database, tables: { hosts } }: StorageContext,
  { host, leaseMs }: Pick<HostLease, 'host' | 'leaseMs'>,
): Promise<HostLease> {
  const { rows } = await sql<LeaseRow>`
    insert into ${hosts} (host, lease_ms) values (${host}::text, ${leaseMs}::int8)
    returning ${columns}`.execute(database)
  const [row] = rows
  if (row === undefined) throw new StorageError('storage_failed', `${host} got no lease`)
  await sql`delete from ${hosts} where host = ${host}::text and lease < ${row.lease}::int8`.execute(database)
  return leaseOf(row)
}

/** See `Storage.renewLease`. A statement does not see what it changes itself: the renewed row comes from the update. */
export async function renewLease(
  { database, tables: { hosts } }: StorageContext,
  lease: number,
): Promise<readonly HostLease[]> {
  const { rows } = await sql<LeaseRow>`
    with renewed as (
      update ${hosts} set beat = beat + 1, renewed_at = now() where lease = ${lease}::int8
      returning ${columns}
    )
    select * from renewed
    union all
    select ${columns} from ${hosts} where lease <> ${lease}::int8
    order by lease`.execute(database)
  return rows.map(leaseOf)
}

/** See `Storage.releaseLease`. */
export async function releaseLease(
  { database, tables: { hosts } }: StorageContext,
  lease: number,
  beat: number | undefined,
): Promise<boolean> {
  const { rows } = await sql`
    delete from ${hosts}
    where lease = ${lease}::int8 ${beat === undefined ? sql`` : sql`and beat = ${beat}::int8`}
    returning 1`.execute(database)
  return rows.length === 1
}

function leaseOf({ lease, host, beat, leaseMs }: LeaseRow): HostLease {
  return { lease: Number(lease), host, beat: Number(beat), leaseMs: Number(leaseMs) }
}
