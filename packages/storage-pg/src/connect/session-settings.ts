/**
 * Settings of every session, in one statement: plans that depend neither on the values nor on the age of statistics.
 *
 * Every statement of this package finds its rows by key, and says so to a planner that would guess otherwise. Planning the
 * commit statement anew each time makes a lone commit 3 times slower (1.05 ms against 0.29 ms). A plan made while tables
 * were small, and kept, would read all of `entities` for every commit ever after. A bitmap scan loses the order of the
 * index: each page of a long history would be found by reading and sorting all that is left of it (replay of 50,000 events
 * takes 8 times as long). And a large estimate would have the statement compiled (JIT) for longer than it runs.
 *
 * On Citus statements are planned anew, since it cannot plan one that goes to several shards without its values: it refuses to
 * ("could not create distributed plan").
 *
 * Behind a pooler that hands sessions around, a setting may be lost: that costs time, nothing else. Setting the same on
 * the role (`alter role … set …`) brings it back.
 */
export const sessionSettings: string = `select
  set_config('plan_cache_mode', case
    when exists (select from pg_catalog.pg_extension where extname = 'citus') then 'auto' else 'force_generic_plan'
  end, false),
  set_config('enable_seqscan', 'off', false),
  set_config('enable_bitmapscan', 'off', false),
  set_config('jit', 'off', false)`

/**
 * Has the server ask for a sign of life where nothing is heard, after half a minute, and give the session up after a minute: a
 * host that is gone without a word takes up a connection, and what it has locked, for no longer. The system's own limit is hours.
 */
export const sessionKeepalive: string = `select
  set_config('tcp_keepalives_idle', '30', false),
  set_config('tcp_keepalives_interval', '10', false),
  set_config('tcp_keepalives_count', '3', false),
  set_config('tcp_user_timeout', '60000', false)`

/**
 * What the server does not do for ever on behalf of a host that no longer listens. A lower limit on statements, as of the
 * role, stays in force.
 */
export function sessionLimits(limits: {
  readonly statementTimeoutMs: number
  readonly transactionIdleTimeoutMs: number
}): string {
  const statement = Math.ceil(limits.statementTimeoutMs)
  return `select
  set_config('idle_in_transaction_session_timeout', '${Math.ceil(limits.transactionIdleTimeoutMs)}', false),
  set_config('statement_timeout', case when setting::int8 > 0 and (${statement} = 0 or setting::int8 < ${statement})
    then setting else '${statement}' end, false)
  from pg_settings where name = 'statement_timeout'`
}
