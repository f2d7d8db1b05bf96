// Named consumers in their table: see the port for what each does. Every change is one conditional statement on one row, so
// that no lock is held while a handler works, and of several who claim at once the row decides.
import type {
  ConsumerAdvance,
  ConsumerClaim,
  ConsumerClaimResult,
  ConsumerFailure,
  ConsumerReset,
  ConsumerState,
} from '@perdure/core'
import { StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely, RawBuilder } from 'kysely'
import { millisecondsOf, timeOf } from '../schema/time.ts'
import type { StorageContext } from '../storage-context.ts'

interface ConsumerRow {
  readonly name: string
  readonly position: bigint
  readonly attempts: number
  readonly nextAttemptAt: bigint | null
  readonly blockedAt: bigint | null
  readonly lastError: string | null
  readonly heldUntil: bigint | null
  readonly updatedAt: bigint
  readonly epoch: bigint
  readonly head: bigint
}

/** See `Storage.claimConsumer`. */
export async function claimConsumer(
  context: StorageContext,
  { name, owner, from, now, leaseMs }: ConsumerClaim,
): Promise<ConsumerClaimResult> {
  const { database, tables } = context
  const { consumers, logHead } = tables
  const start = from === 'head' ? sql`log.position` : sql`${from}::int8`
  const { rows } = await sql<ConsumerRow>`
    with claimed as (
    insert into ${consumers} as consumer (name, position, epoch, owner, held_until, updated_at)
    select ${name}::text, ${start}, 1, ${owner}::text, ${at(now + leaseMs)}, ${at(now)} from ${logHead} as log
    on conflict (name) do update
    set epoch = consumer.epoch + 1, owner = excluded.owner, held_until = excluded.held_until,
      updated_at = excluded.updated_at
    where consumer.blocked_at is null
      and (consumer.next_attempt_at is null or consumer.next_attempt_at <= excluded.updated_at)
      and (consumer.owner is null or consumer.owner = excluded.owner or consumer.held_until <= excluded.updated_at)
    returning ${columns}
    )
    select claimed.*, log.position as head from claimed cross join ${logHead} as log`.execute(database)
  const [claimed] = rows
  if (claimed !== undefined)
    return { kind: 'claimed', epoch: Number(claimed.epoch), consumer: stateOf(claimed) }
  const consumer = await readConsumer(context, name)
  // Gone between the two statements, which nobody but an operator at the tables can bring about.
  if (consumer === undefined)
    throw new StorageError('storage_contention', `consumer ${name} is being changed; try again`)
  if (consumer.blockedAt !== undefined) return { kind: 'blocked', consumer }
  const isWaiting = consumer.nextAttemptAt !== undefined && consumer.nextAttemptAt > now
  return { kind: isWaiting ? 'waiting' : 'held', consumer }
}

/**
 * See `Storage.advanceConsumer`. The checkpoint comes after what is written, and last: its condition is what a worker fails by
 * that was thought dead, with all that it wrote.
 */
export async function advanceConsumer(
  context: StorageContext,
  advance: ConsumerAdvance,
  write?: (transaction: unknown) => Promise<void>,
): Promise<boolean> {
  const { database, probe } = context
  if (write === undefined) return moveCheckpoint(context, database, advance)
  try {
    return await database.transaction().execute(async (transaction) => {
      await write(transaction)
      await probe('storage.consumer.written', { name: advance.name })
      const isMoved = await moveCheckpoint(context, transaction, advance)
      if (!isMoved) throw new NotOurs()
      await probe('storage.consumer.moved', { name: advance.name })
      return true
    })
  } catch (error) {
    if (error instanceof NotOurs) return false
    throw error
  }
}

/** Rolls a transaction back. */
class NotOurs extends Error {
  override readonly name: string = 'NotOurs'
}

async function moveCheckpoint(
  { tables }: StorageContext,
  database: Kysely<unknown>,
  { name, epoch, position, now, leaseMs }: ConsumerAdvance,
): Promise<boolean> {
  const to = sql`${position}::int8`
  const { rows } = await sql`
    update ${tables.consumers} as consumer
    set position = ${to}, held_until = ${at(now + leaseMs)}, updated_at = ${at(now)},
      attempts = case when consumer.position < ${to} then 0 else consumer.attempts end,
      next_attempt_at = case when consumer.position < ${to} then null else consumer.next_attempt_at end,
      last_error = case when consumer.position < ${to} then null else consumer.last_error end
    where name = ${name}::text and epoch = ${epoch}::int8 and owner is not null and position <= ${to}
    returning 1`.execute(database)
  return rows.length === 1
}

/** See `Storage.failConsumer`. */
export async function failConsumer(
  { database, tables }: StorageContext,
  { name, epoch, attempts, error, nextAttemptAt, now }: ConsumerFailure,
): Promise<boolean> {
  const { rows } = await sql`
    update ${tables.consumers}
    set attempts = ${attempts}::int4, last_error = ${error}::text,
      next_attempt_at = ${at(nextAttemptAt ?? null)}, blocked_at = ${at(nextAttemptAt === undefined ? now : null)},
      owner = null, held_until = null, updated_at = ${at(now)}
    where name = ${name}::text and epoch = ${epoch}::int8 and owner is not null
    returning 1`.execute(database)
  return rows.length === 1
}

/** See `Storage.releaseConsumer`. */
export async function releaseConsumer(
  { database, tables }: StorageContext,
  name: string,
  epoch: number,
): Promise<void> {
  await sql`
    update ${tables.consumers} set owner = null, held_until = null
    where name = ${name}::text and epoch = ${epoch}::int8`.execute(database)
}

/** See `Storage.listConsumers`. */
export async function listConsumers({ database, tables }: StorageContext): Promise<readonly ConsumerState[]> {
  const { rows } = await sql<ConsumerRow>`
    select ${columns}, log.position as head
    from ${tables.consumers} as consumer cross join ${tables.logHead} as log
    order by consumer.name`.execute(database)
  return rows.map(stateOf)
}

/** See `Storage.resetConsumer`. */
export async function resetConsumer(
  { database, tables }: StorageContext,
  name: string,
  { to, now }: ConsumerReset,
): Promise<boolean> {
  const { rows } = await sql`
    update ${tables.consumers}
    set position = coalesce(${to ?? null}::int8, position), attempts = 0, next_attempt_at = null, blocked_at = null,
      last_error = null, epoch = epoch + 1, owner = null, held_until = null, updated_at = ${at(now)}
    where name = ${name}::text
    returning 1`.execute(database)
  return rows.length === 1
}

async function readConsumer(
  { database, tables }: StorageContext,
  name: string,
): Promise<ConsumerState | undefined> {
  const { rows } = await sql<ConsumerRow>`
    select ${columns}, log.position as head
    from ${tables.consumers} as consumer cross join ${tables.logHead} as log
    where consumer.name = ${name}::text`.execute(database)
  return rows[0] && stateOf(rows[0])
}

const columns: RawBuilder<unknown> = sql`consumer.name, consumer.position, consumer.attempts, consumer.epoch,
  consumer.last_error as "lastError",
  ${millisecondsOf(sql.ref('consumer.next_attempt_at'))} as "nextAttemptAt",
  ${millisecondsOf(sql.ref('consumer.blocked_at'))} as "blockedAt",
  ${millisecondsOf(sql.ref('consumer.held_until'))} as "heldUntil",
  ${millisecondsOf(sql.ref('consumer.updated_at'))} as "updatedAt"`

function stateOf(row: ConsumerRow): ConsumerState {
  const { name, position, head, attempts, lastError } = row
  return {
    name,
    position,
    lag: head > position ? head - position : 0n,
    attempts,
    ...(row.nextAttemptAt === null ? {} : { nextAttemptAt: Number(row.nextAttemptAt) }),
    ...(row.blockedAt === null ? {} : { blockedAt: Number(row.blockedAt) }),
    ...(lastError === null ? {} : { lastError }),
    ...(row.heldUntil === null ? {} : { heldUntil: Number(row.heldUntil) }),
    updatedAt: Number(row.updatedAt),
  }
}

function at(milliseconds: number | null): RawBuilder<unknown> {
  return timeOf(sql`${milliseconds}::int8`)
}
