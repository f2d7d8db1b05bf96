// Positions of the log: each from 1 to the head taken once, and none beyond it.
import type { VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'

/** The newest position that was given out. */
export async function readLogHead({ database, tables }: StorageContext): Promise<bigint> {
  const { rows } = await sql<{ position: bigint }>`select position from ${tables.logHead}`.execute(database)
  return rows[0]?.position ?? 0n
}

/** Looks at ranges of positions up to `logHead`, then at what is outside of them. */
export function checkPositions(context: StorageContext, batch: number, logHead: bigint): ReadPage<bigint> {
  return async (after = 0n) => {
    if (after >= logHead) return { rows: 0, last: undefined, findings: await checkOutside(context) }
    const to = after + BigInt(batch) < logHead ? after + BigInt(batch) : logHead
    return { rows: Number(to - after), last: to, findings: await checkRange(context, after, to) }
  }
}

/**
 * The neighbours in a range that are not one apart; its ends stand in for what is before and after. A position that was
 * erased is as good as one that is there.
 */
async function checkRange(
  { database, tables }: StorageContext,
  after: bigint,
  to: bigint,
): Promise<readonly VerifyFinding[]> {
  const { rows } = await sql<{ position: bigint; next: bigint }>`
    select position, next from (
      select position, lead(position) over (order by position) as next from (
        select ${after}::int8 as position
        union all select position from ${tables.events} where position > ${after}::int8 and position <= ${to}::int8
        union all select generate_series(greatest(first, ${after}::int8 + 1), least(last, ${to}::int8))
          from ${tables.erasedPositions} where last > ${after}::int8 and first <= ${to}::int8
        union all select ${to}::int8 + 1
      ) as taken
    ) as pair
    where next - position <> 1
    order by position`.execute(database)
  return rows.map(({ position, next }) =>
    next > position
      ? { kind: 'missing_positions', from: position + 1n, to: next - 1n }
      : { kind: 'misplaced_position', position },
  )
}

/** One statement, hence one moment: a commit that goes on meanwhile moves head and events together. */
async function checkOutside({ database, tables }: StorageContext): Promise<readonly VerifyFinding[]> {
  const { rows } = await sql<{ head: bigint | null; last: bigint | null; first: bigint | null }>`
    select (select position from ${tables.logHead}) as head, (select max(position) from ${tables.events}) as last,
      (select min(position) from ${tables.events}) as first`.execute(database)
  const { head, last, first } = rows[0] ?? { head: null, last: null, first: null }
  const logHead = head ?? 0n
  return [
    ...(first !== null && first < 1n ? [{ kind: 'misplaced_position', position: first } as const] : []),
    ...(last !== null && last > logHead
      ? [{ kind: 'log_head_behind', logHead, lastPosition: last } as const]
      : []),
  ]
}
