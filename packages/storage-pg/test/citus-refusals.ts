// What Citus (13) refuses outright of statements on its tables, each with its own words and where they stand. `citus-rules.ts`
// looks for these forms; what is not here it carries out, if not always well: a limit, a window or an aggregate over all shards,
// and a CTE, are gathered on the coordinator.

/** A form that is refused. */
export interface Refusal {
  /** What the server says, or its manual. */
  readonly says: string
  /** In `citusdata/citus`, under `src/backend/distributed/planner`, or the manual. */
  readonly source: string
}

const pushdown = 'query_pushdown_planning.c, DeferErrorIfCannotPushdownSubquery'
const modify = 'multi_router_planner.c, ModifyQuerySupported'
const manual = 'docs.citusdata.com, SQL Support and Workarounds'

/** Every form that the rules know. */
export const refusals = {
  lock: {
    says: 'could not run distributed query with FOR UPDATE/SHARE commands (SELECT … FOR UPDATE works in single-shard queries only)',
    source: `${manual}; issue 4647, open`,
  },
  join: {
    says: 'complex joins are only supported when all distributed tables are co-located and joined on their distribution columns',
    source: 'query_pushdown_planning.c, DeferErrorIfUnsupportedSubqueryPushdown',
  },
  outerJoin: {
    says: 'There exist a table function (a reference table, a CTE) in the outer part of the outer join; from 11.2 on the whole table on its inner side is gathered instead',
    source: 'query_pushdown_planning.c, DeferredErrorIfUnsupportedRecurringTuplesJoin; pull request 6512',
  },
  correlation: {
    says: 'Functions (reference tables, complex subqueries and CTEs) are not allowed in FROM clause when the query has subqueries in WHERE clause and it references a column from another query',
    source: 'query_pushdown_planning.c, DeferErrorIfFromClauseRecurs',
  },
  subqueryLimit: {
    says: 'Limit in subquery is currently unsupported when a subquery references a column from another query; so are aggregates without group by, and windows that do not partition by the distribution column',
    source: pushdown,
  },
  tableFunction: {
    says: 'Only immutable functions can be used as a table expressions in a multi-shard query',
    source: 'query_pushdown_planning.c, DeferErrorIfUnsupportedTableCombination',
  },
  singleShardOnly: {
    says: 'Recursive CTEs, TABLESAMPLE and grouping sets work in single-shard queries only',
    source: manual,
  },
  distributionColumn: {
    says: 'modifying the partition value of rows is not allowed; cannot perform an INSERT without a partition column value',
    source: `${modify}, ErrorIfOnConflictNotSupported`,
  },
  uniqueness: {
    says: 'there is no unique or exclusion constraint matching the ON CONFLICT specification: none can be without the distribution column',
    source: 'the manual, Common Error Messages: cannot create constraint',
  },
  insertSubquery: {
    says: "subqueries are not supported within INSERT queries. Try rewriting your queries with 'INSERT INTO ... SELECT' syntax",
    source: modify,
  },
  volatile: {
    says: 'functions used in UPDATE queries on distributed tables must not be VOLATILE',
    source: modify,
  },
  stableOfColumn: {
    says: 'STABLE functions used in UPDATE queries cannot be called with column references; non-IMMUTABLE functions are not allowed in CASE or COALESCE statements',
    source: modify,
  },
  mutableInConflict: {
    says: 'functions used in the DO UPDATE SET clause (the WHERE clause of the ON CONFLICT clause) of INSERTs on distributed tables must be marked IMMUTABLE',
    source: 'multi_router_planner.c, ErrorIfOnConflictNotSupported',
  },
  mutableInReturning: {
    says: 'non-IMMUTABLE functions are not allowed in the RETURNING clause',
    source: modify,
  },
} as const satisfies Readonly<Record<string, Refusal>>

/** The name of a form. */
export type RefusedForm = keyof typeof refusals
