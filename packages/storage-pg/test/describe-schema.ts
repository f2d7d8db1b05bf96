// Everything that a schema's migrations decide, as the catalogue has it: two schemas are the same when these are equal.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** One fact a line, sorted; the schema's own name is left out. */
export async function describeSchema(database: Kysely<unknown>, schema: string): Promise<readonly string[]> {
  const { rows } = await sql<{ fact: string }>`
    with mine as (select oid from pg_namespace where nspname = ${schema}::text),
    relation as (select * from pg_class where relnamespace in (select oid from mine))
    select format('%s %s %s', relkind, relname, reloptions) as fact from relation where relkind <> 't'
    union all
    select format('column %s.%s #%s %s %s %s %s %s %s', relname, attname, attnum, format_type(atttypid, atttypmod),
      attnotnull, attstorage, attcollation::regcollation, attidentity, pg_get_expr(adbin, adrelid))
    from relation join pg_attribute on attrelid = relation.oid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped and relkind in ('r', 'v')
    union all
    select format('constraint %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace in (select oid from mine) and contype <> 'n'
    union all
    select format('index %s', pg_get_indexdef(indexrelid)) from pg_index join relation on relation.oid = indrelid
    union all
    select format('trigger %s', pg_get_triggerdef(trigger.oid)) from pg_trigger as trigger join relation on relation.oid = tgrelid
    where not tgisinternal
    union all
    select format('function %s', pg_get_functiondef(oid)) from pg_proc where pronamespace in (select oid from mine)
    union all
    select format('type %s %s', typname, typtype) from pg_type where typnamespace in (select oid from mine)`.execute(
    database,
  )
  const { rows: log } = await sql<{ fact: string }>`
    select format('log head %s', position) as fact from ${sql.id(schema, 'log_head')}
    union all select format('migration %s %s', version, name) from ${sql.id(schema, 'migrations')}`.execute(
    database,
  )
  return [...rows, ...log].map(({ fact }) => fact.replaceAll(`${schema}.`, '')).sort()
}
