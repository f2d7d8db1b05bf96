/**
 * Settings of every session, in one statement: plans that depend neither on the values nor on the age of statistics.
 *
 * Every statement of this package finds its rows by key, and says so to a planner that would guess otherwise. Planning the
 * commit statement anew each time makes a lone commit 3 times slower (1.05 ms against 0.29 ms). A plan made while tables
 * were small, and kept, would read all of `entities` for every commit ever after. And a large estimate would have the
 * statement compiled (JIT) for longer than it runs.
 *
 * Behind a pooler that hands sessions around, a setting may be lost: that costs time, nothing else. Setting the same on
 * the role (`alter role … set …`) brings it back.
 */
export const sessionSettings: string = `select
  set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('enable_seqscan', 'off', false),
  set_config('jit', 'off', false)`
