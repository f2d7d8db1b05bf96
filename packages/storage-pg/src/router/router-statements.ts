// What a router asks of the database. Every statement takes many requests at once, changes rows by conditions on them alone,
// and says itself whom it has to wake.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'

/** A request on its way out. */
export interface RequestRow {
  readonly id: string
  readonly address: string
  readonly body: string
  readonly timeoutMs: number
}

/** A request that was claimed. */
export interface ClaimedRow {
  readonly id: string
  readonly address: string
  /** Its place among the others. */
  readonly nth: bigint
  readonly body: string
  /** How much of its time is left, milliseconds. */
  readonly leftMs: bigint
}

/** What became of a request, when its row has gone. */
export interface EndedRow {
  readonly id: string
  readonly isClaimed: boolean
  /** Null: there is none, and none will be fetched. */
  readonly answer: string | null
}

/** How long a seat is believed in that is not seen again, seconds. */
const seatSeconds = 120
/** How long a request is kept that nobody asks after, seconds past its time. */
const keepSeconds = 60
/** Requests claimed at once: so many bodies are in memory before any of them is answered. */
export const claimLimit = 64

/** The statements, compiled for one router. */
export interface RouterStatements {
  /** Takes or keeps a seat; no row when somebody else has it. */
  readonly sit: Statement<[address: string, channel: string], { address: string }>
  /** Gives a seat up, once whatever is being stored for it is there. */
  readonly leave: Statement<[address: string, channel: string], unknown>
  /** Tells whose requests nobody has claimed at an address that has no seat any more. */
  readonly giveBack: Statement<[address: string], unknown>
  /**
   * Stores requests for seats that are taken, which nobody gives up meanwhile, and wakes who has them.
   * @returns the ids of those
   */
  readonly store: Statement<
    [
      ids: readonly string[],
      addresses: readonly string[],
      bodies: readonly string[],
      timeouts: readonly number[],
      sender: string,
    ],
    { id: string }
  >
  readonly claim: Statement<[addresses: readonly string[]], ClaimedRow>
  /** Stores answers, null for one that will not come, and wakes who waits for them. */
  readonly answer: Statement<[ids: readonly string[], answers: readonly (string | null)[]], unknown>
  /** Fetches, of these, the answers that are there. */
  readonly collect: Statement<[ids: readonly string[]], EndedRow>
  /** Calls requests back, and tells who has them that nobody waits. */
  readonly withdraw: Statement<[ids: readonly string[]], EndedRow>
  /** Removes what nobody will ask after. */
  readonly clean: Statement<[], unknown>
}

/** Compiles them. */
export function routerStatements(
  database: Database,
  { routerSeats, routerRequests }: Tables,
): RouterStatements {
  const isFresh = sql`seat.seen_at > now() - interval '${sql.raw(String(seatSeconds))} seconds'`
  return {
    sit: prepareStatement(
      database,
      'router_sit',
      sql`insert into ${routerSeats} as seat (address, channel, seen_at)
        values (${parameter}::text, ${parameter}::text, now())
        on conflict (address) do update set channel = excluded.channel, seen_at = excluded.seen_at
        where seat.channel = excluded.channel or not ${isFresh}
        returning address`,
    ),
    leave: prepareStatement(
      database,
      'router_leave',
      sql`delete from ${routerSeats} where address = ${parameter}::text and channel = ${parameter}::text`,
    ),
    giveBack: prepareStatement(
      database,
      'router_give_back',
      sql`
        with given_back as (
          update ${routerRequests} set answered_at = now(), body = ''
          where address = ${parameter}::text and claimed_at is null and answered_at is null
          returning sender
        )
        select pg_notify(sender, 'answer') from (select distinct sender from given_back) as told`,
    ),
    store: prepareStatement(
      database,
      'router_store',
      sql`
        with given as (
          select * from unnest(${parameter}::text[], ${parameter}::text[], ${parameter}::text[], ${parameter}::int8[])
            with ordinality as request (id, address, body, timeout, nth)
        ),
        stored as (
          insert into ${routerRequests} (id, address, sender, body, expires_at)
          select given.id, given.address, ${parameter}::text, given.body,
            now() + given.timeout * interval '1 millisecond'
          from given join ${routerSeats} as seat on seat.address = given.address and ${isFresh}
          order by given.nth
          for key share of seat
          returning id, address
        ),
        woken as (
          select count(pg_notify(channel, 'request')) from (
            select distinct seat.channel from stored join ${routerSeats} as seat on seat.address = stored.address
          ) as told
        )
        select stored.id from stored, woken`,
    ),
    claim: prepareStatement(
      database,
      'router_claim',
      sql`
        update ${routerRequests} set claimed_at = now()
        where claimed_at is null and answered_at is null and expires_at > now() and id = any (array(
          select id from ${routerRequests}
          where address = any (${parameter}::text[]) and claimed_at is null and answered_at is null
            and expires_at > now()
          order by nth limit ${sql.lit(claimLimit)}
        ))
        returning id, address, nth, body, (extract(epoch from expires_at - now()) * 1000)::int8 as "leftMs"`,
    ),
    answer: prepareStatement(
      database,
      'router_answer',
      sql`
        with answered as (
          update ${routerRequests} as request set answer = given.answer, answered_at = now(), body = ''
          from unnest(${parameter}::text[], ${parameter}::text[]) as given (id, answer)
          where request.id = given.id and request.answered_at is null
          returning request.sender
        )
        select pg_notify(sender, 'answer') from (select distinct sender from answered) as told`,
    ),
    collect: prepareStatement(
      database,
      'router_collect',
      sql`delete from ${routerRequests} where id = any (${parameter}::text[]) and answered_at is not null
        returning id, claimed_at is not null as "isClaimed", answer`,
    ),
    withdraw: prepareStatement(
      database,
      'router_withdraw',
      sql`
        with ended as (
          delete from ${routerRequests} where id = any (${parameter}::text[])
          returning id, address, claimed_at is not null as "isClaimed", answered_at, answer
        ),
        told as (
          select count(pg_notify(seat.channel, 'over ' || ended.id))
          from ended join ${routerSeats} as seat on seat.address = ended.address
          where ended."isClaimed" and ended.answered_at is null
        )
        select ended.id, ended."isClaimed", ended.answer from ended, told`,
    ),
    clean: prepareStatement(
      database,
      'router_clean',
      sql`
        with gone as (
          delete from ${routerSeats} as seat where not ${isFresh}
        )
        delete from ${routerRequests} where expires_at < now() - interval '${sql.raw(String(keepSeconds))} seconds'`,
    ),
  }
}

/** The channel of a router: nobody else listens there. */
export function routerChannel(schema: string, id: string): string {
  return `perdure_router_${createHash('sha256').update(`${schema} ${id}`).digest('hex').slice(0, 32)}`
}
