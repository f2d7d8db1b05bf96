// Units whose head was not where they expected it: repeats of a commit that happened, or true conflicts. Looking tells.
import type { CommitResult } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { refuse } from './prepared-unit.ts'
import type { PreparedUnit } from './prepared-unit.ts'

/**
 * Compiled statement that finds, for each unit whose entity there is, the entity's version and the event where its first one
 * would be.
 */
export type LosersStatement = Statement<
  [streams: readonly string[], sequences: readonly number[], ordinals: readonly number[]],
  LoserRow
>

interface LoserRow {
  readonly ordinal: number
  readonly version: bigint
  readonly deleted: boolean
  readonly position: bigint | null
  readonly payload: string | null
}

/** Compiles it. */
export function losersStatement(database: Database, tables: Tables): LosersStatement {
  return prepareStatement(
    database,
    'resolve_losers',
    sql`
      select unit.ordinal, head.version, head.deleted_at is not null as deleted, event.position, event.payload
      from unnest(${parameter}::uuid[], ${parameter}::int8[], ${parameter}::int4[]) as unit (stream, sequence, ordinal)
      join ${tables.entities} as head on head.stream = unit.stream
      left join ${tables.events} as event on event.stream = head.stream and event.sequence = unit.sequence`,
  )
}

/**
 * What became of units that did not win, by their index. A unit whose first event is stored at its sequence was
 * committed before, whole, since units are atomic.
 */
export async function resolveLosers(
  database: Kysely<unknown>,
  statement: LosersStatement,
  losers: readonly PreparedUnit[],
): Promise<ReadonlyMap<number, CommitResult>> {
  const results = new Map<number, CommitResult>()
  if (losers.length === 0) return results
  const { rows } = await statement.run(database, [
    losers.map(({ stream }) => stream),
    losers.map(({ unit }) => unit.expectedVersion + 1),
    losers.map((_, ordinal) => ordinal),
  ])
  for (const loser of losers) results.set(loser.index, { kind: 'conflict', actualVersion: 0 })
  for (const row of rows) {
    const loser = losers[row.ordinal]
    if (loser !== undefined) results.set(loser.index, resultOf(loser, row))
  }
  return results
}

function resultOf({ unit }: PreparedUnit, { version, deleted, position, payload }: LoserRow): CommitResult {
  if (position !== null && payload !== null && eventIdOf(payload) === unit.events[0]?.eventId) {
    return { kind: 'committed', firstPosition: position }
  }
  const actualVersion = Number(version)
  if (deleted && actualVersion === unit.expectedVersion) {
    return { kind: 'refused', error: refuse(unit.entity, 'it is deleted, and nothing follows a tombstone') }
  }
  return { kind: 'conflict', actualVersion }
}

function eventIdOf(payload: string): unknown {
  return (JSON.parse(payload) as { eventId?: unknown }).eventId
}
