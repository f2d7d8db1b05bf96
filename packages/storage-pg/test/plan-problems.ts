// Judges the plan of a statement: whether it finds its rows by key, however large the tables are.
import type { Client } from 'pg'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Filter?: string
  readonly 'Parent Relationship'?: string
  readonly Plans?: readonly PlanNode[]
}

/** The log's head is one row, and hosts are a handful. */
const small: readonly string[] = ['log_head', 'hosts']

let prepared = 0

/** Plans a statement as a prepared one is planned, without values. @returns what is wrong with the plan */
export async function judgePlan(client: Client, text: string): Promise<readonly string[]> {
  prepared += 1
  const name = `judged_${prepared}`
  await client.query(`prepare ${name} as ${text}`)
  const parameters = new Set(text.match(/\$\d+/g)).size
  const nulls = parameters === 0 ? '' : `(${Array.from({ length: parameters }, () => 'null').join()})`
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
    `explain (format json) execute ${name}${nulls}`,
  )
  const problems: string[] = []
  const columns = await indexColumns(client)
  for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) judge(Plan, undefined, problems, columns)
  return problems
}

function judge(
  node: PlanNode,
  parent: PlanNode | undefined,
  problems: string[],
  columns: ReadonlyMap<string, readonly string[]>,
): void {
  const kind = node['Node Type']
  const index = node['Index Name']
  const isSmall = small.includes(node['Relation Name'] ?? '')
  if (kind === 'Seq Scan' && !isSmall) problems.push(`reads ${node['Relation Name']} from end to end`)
  if (index !== undefined && !isSmall)
    judgeIndexScan(node, index, columns.get(index) ?? [], isUnderLimit(parent), problems)
  if (kind.startsWith('Bitmap')) problems.push('loses the order of an index')
  // A join by comparing pairs takes the square of a batch.
  if (kind === 'Hash Join' || kind === 'Merge Join') problems.push(`joins by ${kind}`)
  // What is limited must come in order by itself: sorting it first would read all of it.
  if (kind === 'Sort' && parent?.['Node Type'] === 'Limit') problems.push('sorts before it limits')
  for (const child of node.Plans ?? []) judge(child, node, problems, columns)
}

function isUnderLimit(parent: PlanNode | undefined): boolean {
  return ['Limit', 'LockRows', 'Nested Loop'].includes(parent?.['Node Type'] ?? '')
}

function judgeIndexScan(
  { 'Index Cond': condition = '', Filter: filter = '' }: PlanNode,
  index: string,
  keys: readonly string[],
  isLimited: boolean,
  problems: string[],
): void {
  const bound = keys.filter((key) => new RegExp(`\\b${key}\\b`).test(condition))
  // Going through an index in its order is sound only where somebody stops it: under a limit.
  if (!bound.includes(keys[0] ?? '') && !isLimited) problems.push(`goes through all of ${index}`)
  // What is there in few rows has an index of its own.
  if (bound.length < keys.length && / IS NOT NULL/.test(filter))
    problems.push(`goes through ${index} for few of its rows: ${filter}`)
  // Of one row that was found by its whole key anything may be asked; of many, the value should have found them.
  if (bound.length < keys.length && / (?:=|>|<=) \(?\$\d/.test(filter))
    problems.push(`finds by ${index} more than it wants, and filters: ${filter}`)
}

/** The columns of every index, in order. */
async function indexColumns(client: Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await client.query<{ name: string; columns: string }>(
    `select i.relname as name, string_agg(a.attname, ',' order by a.attnum) as columns
    from pg_class as i join pg_attribute as a on a.attrelid = i.oid where i.relkind = 'i' group by 1`,
  )
  return new Map(rows.map(({ name, columns }) => [name, columns.split(',')]))
}
