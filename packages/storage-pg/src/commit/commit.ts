// Commits units, any number in one statement; called for every `Storage.commit`. Guarantees: a unit is stored whole or not
// at all, never with a neighbour's failure, and an answer is given only for what the database has confirmed.
import { StorageError } from '@perdure/core'
import type { CommitResult, CommitUnit } from '@perdure/core'
import type { Kysely } from 'kysely'
import type { ContentChange } from '../blobs/content-change.ts'
import { encodeMissingBodies, writeBlobs } from '../blobs/write-blobs.ts'
import { writeRefs } from '../blobs/write-refs.ts'
import { translateCommitError, translateError } from '../connect/sqlstate.ts'
import type { StorageContext } from '../storage-context.ts'
import type { AppendRow } from './append-statement.ts'
import { appendOneParameters } from './append-one-statement.ts'
import { appendParameters } from './append-statement.ts'
import type { PreparedUnit } from './prepared-unit.ts'
import { prepareUnit, refuse } from './prepared-unit.ts'
import { resolveLosers } from './resolve-losers.ts'
import { isUnitFault, refusalOf } from './unit-fault.ts'
import { commitSnapshots } from './write-snapshots.ts'
import type { SnapshotOf } from './write-snapshots.ts'

/** More than this many bytes are shared out over several transactions; a text parameter cannot grow without end. */
const maxBatchBytes = 64 * 1024 * 1024

/** Commits units of different entities; the result at index i is that of unit i. */
export async function commit(
  context: StorageContext,
  units: readonly CommitUnit[],
): Promise<readonly CommitResult[]> {
  const results = new Map<number, CommitResult>()
  const prepared = prepareUnits(context, units, results)
  for (const batch of shareOut(prepared)) await commitBatch(context, batch, results)
  return units.map((_, index) => results.get(index) ?? unanswered())
}

/** Encodes what can be stored; what cannot is refused at once. */
function prepareUnits(
  context: StorageContext,
  units: readonly CommitUnit[],
  results: Map<number, CommitResult>,
): PreparedUnit[] {
  const prepared = new Map<string, PreparedUnit>()
  units.forEach((unit, index) => {
    try {
      const ready = prepareUnit(unit, index, context.limits)
      if (prepared.has(ready.stream))
        throw refuse(unit.entity, 'another unit of the same entity is in the same call')
      prepared.set(ready.stream, ready)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      results.set(index, { kind: 'refused', error })
    }
  })
  return [...prepared.values()]
}

function shareOut(units: readonly PreparedUnit[]): PreparedUnit[][] {
  const batches: PreparedUnit[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const unit of units) {
    if (bytes + unit.bytes > maxBatchBytes) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push(unit)
    bytes += unit.bytes
  }
  return batches
}

/**
 * Stores a batch. When PostgreSQL refuses the data of some unit the whole batch is rolled back, and its halves are tried
 * again, so that the culprit stands alone in the end: a refusal costs its neighbours time, never their events.
 */
async function commitBatch(
  context: StorageContext,
  units: readonly PreparedUnit[],
  results: Map<number, CommitResult>,
): Promise<void> {
  try {
    const stored = await storeBatch(context, units)
    for (const [index, result] of stored) results.set(index, result)
  } catch (error) {
    const [first] = units
    if (first === undefined || !isUnitFault(error)) throw translateCommitError(error)
    if (units.length === 1) {
      results.set(first.index, { kind: 'refused', error: refusalOf(first, error) })
      return
    }
    const half = Math.ceil(units.length / 2)
    await commitBatch(context, units.slice(0, half), results)
    await commitBatch(context, units.slice(half), results)
  }
}

async function storeBatch(
  context: StorageContext,
  units: readonly PreparedUnit[],
): Promise<ReadonlyMap<number, CommitResult>> {
  await context.probe('storage.commit.begin', { units: units.length })
  const won = units.some(({ unit }) => hasContents(unit))
    ? await storeWithContents(context, units)
    : await append(context, context.database, units)
  await context.probe('storage.commit.end', { units: units.length })
  context.news.tell(newestOf(units, won))
  const losers = units.filter(({ index }) => !won.has(index))
  const lost = await resolveLosers(context.database, context.statements.losers, losers)
  return new Map([...won, ...lost])
}

/** Events alone need no transaction of their own: the statement is one, in a single round trip. */
async function append(
  { statements }: StorageContext,
  database: Kysely<unknown>,
  units: readonly PreparedUnit[],
): Promise<Map<number, CommitResult>> {
  const one = appendOneParameters(units)
  const { rows } =
    one === undefined
      ? await statements.append.run(database, appendParameters(units))
      : await statements.appendOne.run(database, one)
  return winnersOf(units, rows[0])
}

async function storeWithContents(
  context: StorageContext,
  units: readonly PreparedUnit[],
): Promise<Map<number, CommitResult>> {
  const { database, statements, clock, probe } = context
  const bodies = await encodeMissingBodies(database, statements.contents, units.map(changeOf))
  await probe('storage.commit.prepared', { units: units.length })
  try {
    return await database.transaction().execute(async (transaction) => {
      const won = await append(context, transaction, units)
      const winners = units.filter(({ index }) => won.has(index))
      const changes = winners.map(changeOf)
      await probe('storage.commit.appended', { units: units.length })
      await writeBlobs(transaction, statements.contents, changes, bodies, clock.now())
      await probe('storage.commit.blobs', { units: units.length })
      await writeRefs(transaction, statements.contents, changes)
      await probe('storage.commit.refs', { units: units.length })
      await commitSnapshots(transaction, statements, winners.flatMap(snapshotOf))
      await probe('storage.commit.written', { units: units.length })
      return won
    })
  } catch (error) {
    // Whatever failed before COMMIT was sent has left nothing behind.
    throw isUnitFault(error) ? error : translateError(error, 'committing')
  }
}

/**
 * The winners' results. A row that does not add up means that the engine lost part of the statement without an error
 * (PGlite does, on JSON nested thousands deep): nobody may be told that it was stored.
 */
function winnersOf(units: readonly PreparedUnit[], row: AppendRow | undefined): Map<number, CommitResult> {
  const winners = (row?.winners ?? []).flatMap((ordinal) => units[ordinal] ?? [])
  const events = winners.reduce((sum, { unit }) => sum + unit.events.length, 0)
  if (row === undefined || row.stored !== BigInt(events) || (row.head === null) !== (events === 0)) {
    throw new StorageError(
      'outcome_unknown',
      `the database confirmed ${row?.stored ?? 'no'} events of a commit of ${events}; repeat the same units to learn the outcome`,
      { details: { units: units.length, events } },
    )
  }
  const results = new Map<number, CommitResult>()
  let position = (row.head ?? 0n) - BigInt(events) + 1n
  for (const { index, unit } of winners) {
    results.set(index, { kind: 'committed', firstPosition: position })
    position += BigInt(unit.events.length)
  }
  return results
}

/** The last position that the winners took; 0 when there are none. */
function newestOf(units: readonly PreparedUnit[], won: ReadonlyMap<number, CommitResult>): bigint {
  const last = units.findLast(({ index }) => won.has(index))
  const result = last && won.get(last.index)
  return result?.kind === 'committed' ? result.firstPosition + BigInt(last?.unit.events.length ?? 0) - 1n : 0n
}

function hasContents({ blobs, claims, releases, snapshot }: CommitUnit): boolean {
  return blobs.length > 0 || claims.length > 0 || releases.length > 0 || snapshot !== undefined
}

function changeOf({ unit }: PreparedUnit): ContentChange {
  const { entity, events, blobs, claims, releases } = unit
  return { entity, at: events.at(-1)?.at ?? 0, blobs, claims, releases }
}

/** One that is ahead of its entity is not stored. */
function snapshotOf({ unit: { entity, events, snapshot } }: PreparedUnit): readonly SnapshotOf[] {
  if (snapshot === undefined || snapshot.sequence > (events.at(-1)?.sequence ?? 0)) return []
  return [{ entity, snapshot }]
}

function unanswered(): never {
  throw new StorageError(
    'outcome_unknown',
    'the database left a unit without an answer; repeat it to learn the outcome',
  )
}
