// What a distributed PostgreSQL (Citus) refuses, as far as a statement's text tells, by PostgreSQL's own parser. Rules, not
// Citus itself: it cannot be installed where the tests run.
import { loadModule, parseSync } from 'libpg-query'
import type { Distribution } from '../src/schema/distribution.ts'
import type { RefusedForm } from './citus-refusals.ts'
import { mutableCallsIn } from './volatility.ts'

/** The distribution of a table by its name in SQL; undefined for tables that are not the schema's. */
export type DistributionOf = (table: string) => Distribution | undefined

/** What is refused, and where in the statement. */
interface CitusProblem {
  readonly form: RefusedForm
  readonly what: string
}

/** What Citus would make of a statement. */
export interface CitusVerdict {
  /** Why it would be refused; empty when nothing speaks against it. */
  readonly problems: readonly CitusProblem[]
  /** How many shards it goes to; none: it asks of what is on every node, or of no table at all. */
  readonly reach: 'no shard' | 'one shard' | 'many shards'
}

/** Judges a statement. */
export async function judgeForCitus(text: string, distributionOf: DistributionOf): Promise<CitusVerdict> {
  await loadModule()
  const parsed = parseSync(text) as unknown as { readonly stmts: readonly { readonly stmt: Node }[] }
  const findings: Findings = { problems: [], reaches: new Set() }
  for (const { stmt } of parsed.stmts) new Block(distributionOf, findings, undefined).readStatement(stmt)
  const { problems, reaches } = findings
  const reach = reaches.has('many shards')
    ? 'many shards'
    : reaches.has('one shard')
      ? 'one shard'
      : 'no shard'
  return { problems, reach }
}

interface Findings {
  readonly problems: CitusProblem[]
  readonly reaches: Set<CitusVerdict['reach']>
}

type Node = { readonly [key: string]: unknown }

interface TableInBlock {
  readonly table: string
  readonly column: string
  /** The class of columns and parameters that its distribution column is equal to. */
  readonly key: string
}

let blocks = 0

/** One query block: what it reads and writes, and which columns it says are equal. */
class Block {
  readonly #id = (blocks += 1)
  readonly #distributionOf: DistributionOf
  readonly #findings: Findings
  readonly #outer: Block | undefined
  /** Alias → the table's name; undefined for whatever is no table. */
  readonly #aliases = new Map<string, string | undefined>()
  readonly #tables: TableInBlock[] = []
  readonly #equal: Map<string, string>
  isCorrelated = false

  constructor(distributionOf: DistributionOf, findings: Findings, outer: Block | undefined) {
    this.#distributionOf = distributionOf
    this.#findings = findings
    this.#outer = outer
    this.#equal = outer === undefined ? new Map() : outer.#equal
  }

  readStatement(statement: Node): void {
    const [[kind, body] = ['', {}]] = Object.entries(statement) as [string, Node][]
    for (const cte of listOf(body['withClause'], 'ctes')) {
      const { ctequery } = cte['CommonTableExpr'] as { readonly ctequery: Node }
      // Materialized on the coordinator: a block of its own.
      new Block(this.#distributionOf, this.#findings, undefined).readStatement(ctequery)
    }
    if ((body['withClause'] as Node | undefined)?.['recursive'] === true)
      this.#problem('singleShardOnly', 'a CTE is recursive')
    // Each part of a union is planned by itself, and gathered where it has to be.
    for (const part of [body['larg'], body['rarg']]) if (part !== undefined) this.#readInner(part as Node)
    if (body['larg'] !== undefined) return
    if (body['relation'] !== undefined) this.#readFrom({ RangeVar: body['relation'] })
    for (const item of [...listOf(body, 'fromClause'), ...listOf(body, 'usingClause')]) this.#readFrom(item)
    this.#readEqualities(body['whereClause'])
    this.#readNested(
      kind === 'InsertStmt' ? { ...body, relation: undefined } : { ...body, fromClause: undefined },
    )
    this.#judge(kind, body)
  }

  #readFrom(item: Node): void {
    const {
      RangeVar: table,
      RangeTableSample: sample,
      JoinExpr: join,
      RangeSubselect: subselect,
      RangeFunction: call,
    } = item as Record<string, Node | undefined>
    if (table !== undefined) this.#addTable(table)
    if (sample !== undefined) this.#readFrom(sample['relation'] as Node)
    if (call !== undefined) this.#aliases.set(aliasOf(call), undefined)
    if (subselect !== undefined) this.#addSubselect(subselect)
    if (join === undefined) return
    const before = this.#tables.length
    this.#readFrom(join['larg'] as Node)
    const [middle, left] = [this.#aliasesNow(), this.#tables.slice(before)]
    this.#readFrom(join['rarg'] as Node)
    const right = this.#tables.slice(before + left.length)
    this.#readEqualities(join['quals'])
    for (const column of listOf(join, 'usingClause').map(stringOf))
      for (const left of middle)
        for (const right of this.#aliasesNow().filter((alias) => !middle.includes(alias)))
          this.#union(this.#keyOf(left, column), this.#keyOf(right, column))
    if (join['jointype'] === 'JOIN_LEFT' && left.length === 0 && right.length > 0 && !this.#isPinned(right))
      this.#problem('outerJoin', `${names(right)} is joined to what is in no shard, from outside`)
  }

  #aliasesNow(): readonly string[] {
    return [...this.#aliases.keys()]
  }

  #addTable(range: Node): void {
    const name = String(range['relname'])
    const alias = aliasOf(range) || name
    const distribution = range['schemaname'] === undefined ? undefined : this.#distributionOf(name)
    this.#aliases.set(alias, distribution === undefined ? undefined : name)
    if (distribution?.kind !== 'distributed') return
    const { column } = distribution
    this.#tables.push({ table: name, column, key: this.#keyOf(alias, column) })
  }

  /**
   * A subselect of parameters alone is one row: its columns are those parameters. One that is gathered on the coordinator is in
   * no shard. Any other is carried out where its tables are, and its columns are theirs.
   */
  #addSubselect(subselect: Node): void {
    const alias = aliasOf(subselect)
    const select = (subselect['subquery'] as Node)['SelectStmt'] as Node
    const inner = this.#readInner(select)
    this.#aliases.set(alias, undefined)
    if (!inner.isCorrelated && !isGathered(select)) this.#tables.push(...inner.#tables)
    for (const target of listOf(select, 'targetList')) {
      const { name, val } = target['ResTarget'] as { readonly name?: string; readonly val: Node }
      const term = inner.#termOf(val)
      const given = name ?? columnOf(val)
      if (given !== undefined && term !== undefined) this.#union(this.#keyOf(alias, given), term)
    }
  }

  #readEqualities(condition: unknown): void {
    if (typeof condition !== 'object' || condition === null) return
    const { BoolExpr: both, A_Expr: compare } = condition as Record<string, Node | undefined>
    if (both?.['boolop'] === 'AND_EXPR') for (const each of listOf(both, 'args')) this.#readEqualities(each)
    if (compare?.['kind'] === 'AEXPR_OP' && stringOf(listOf(compare, 'name')[0]) === '=') {
      const [left, right] = [this.#termOf(compare['lexpr']), this.#termOf(compare['rexpr'])]
      if (left !== undefined && right !== undefined) this.#union(left, right)
    }
  }

  #termOf(expression: unknown): string | undefined {
    if (parameterIn(expression) !== undefined) return 'a parameter'
    const { ColumnRef: column } = (expression ?? {}) as Record<string, Node | undefined>
    const [alias, name] = listOf(column, 'fields').map(stringOf)
    if (alias === undefined) return undefined
    // A bare column belongs to the only table there is.
    if (name === undefined) return this.#keyOf(this.#aliasesNow()[0] ?? '', alias)
    const block = this.#resolve(alias)
    return block === undefined ? undefined : block.#keyOf(alias, name)
  }

  #resolve(alias: string): Block | undefined {
    if (this.#aliases.has(alias)) return this
    if (this.#outer !== undefined) this.isCorrelated = true
    return this.#outer === undefined ? undefined : this.#outer.#resolve(alias)
  }

  /** Subselects anywhere in the block: one that looks outside is joined with it. */
  #readNested(node: unknown): void {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const each of node) this.#readNested(each)
      return
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === 'withClause' || value === undefined) continue
      if (key === 'SelectStmt') this.#readInner(value as Node)
      else if (key === 'ColumnRef') this.#touch(value as Node)
      else this.#readNested(value)
    }
  }

  #touch(column: Node): void {
    const fields = listOf(column, 'fields').map(stringOf)
    if (fields.length === 2) this.#resolve(fields[0] ?? '')
  }

  #readInner(select: Node): Block {
    const inner = new Block(this.#distributionOf, this.#findings, this)
    inner.readStatement({ SelectStmt: select })
    if (!inner.isCorrelated || inner.#tables.length === 0) return inner
    const isPinned = inner.#isPinned()
    if (this.#tables.length === 0 && this.#hasSource() && !isPinned)
      this.#problem('correlation', `a subquery looks from what is in no shard into ${names(inner.#tables)}`)
    if (isGathered(select) && !isPinned)
      this.#problem('subqueryLimit', `a subquery of each row limits or sums up ${names(inner.#tables)}`)
    this.#tables.push(...inner.#tables)
    return inner
  }

  #hasSource(): boolean {
    return this.#aliases.size > 0
  }

  #judge(kind: string, body: Node): void {
    this.#judgeJoin()
    this.#judgeLocks(listOf(body, 'lockingClause'))
    this.#judgeWrites(kind, body)
    if (this.#tables.length === 0) return
    this.#findings.reaches.add(this.#isPinned() ? 'one shard' : 'many shards')
    if (this.#isPinned()) return
    const functions = JSON.stringify(
      listOf(body, 'fromClause').filter((item) => item['RangeFunction'] !== undefined),
    )
    for (const { name } of mutableCallsIn(JSON.parse(functions)))
      this.#problem('tableFunction', `${name} stands beside ${names(this.#tables)}`)
    if (listOf(body, 'fromClause').some((item) => item['RangeTableSample'] !== undefined))
      this.#problem('singleShardOnly', 'a sample is taken')
    if (listOf(body, 'groupClause').some((each) => each['GroupingSet'] !== undefined))
      this.#problem('singleShardOnly', 'sets are grouped')
  }

  #judgeJoin(): void {
    const [first, ...others] = this.#tables
    for (const other of others) {
      if (first === undefined) return
      if (first.column !== other.column)
        this.#problem(
          'join',
          `${first.table} (by ${first.column}) is joined with ${other.table} (by ${other.column})`,
        )
      else if (this.#find(first.key) !== this.#find(other.key))
        this.#problem(
          'join',
          `${first.table} and ${other.table} are joined otherwise than on ${first.column}`,
        )
    }
  }

  #judgeLocks(clauses: readonly Node[]): void {
    for (const clause of clauses) {
      const { waitPolicy, lockedRels } = clause['LockingClause'] as {
        readonly waitPolicy: string
        readonly lockedRels?: readonly Node[]
      }
      const locked = lockedRels?.map((each) =>
        this.#aliases.get(String((each['RangeVar'] as Node)['relname'])),
      )
      const tables = this.#tables.filter(({ table }) => locked === undefined || locked.includes(table))
      if (tables.length === 0) continue
      if (waitPolicy === 'LockWaitSkip')
        this.#problem('lock', `rows of ${names(tables)} are locked with SKIP LOCKED`)
      else if (!this.#isPinned()) this.#problem('lock', `rows of ${names(tables)} are locked across shards`)
    }
  }

  #judgeWrites(kind: string, body: Node): void {
    const target = body['relation'] as Node | undefined
    if (target === undefined || target['schemaname'] === undefined) return
    const distribution = this.#distributionOf(String(target['relname']))
    if (distribution === undefined || distribution.kind === 'local') return
    this.#judgeCalls(kind, body)
    if (distribution.kind === 'reference') return
    const { column } = distribution
    const conflict = body['onConflictClause'] as Node | undefined
    const set = [
      ...(kind === 'UpdateStmt' ? listOf(body, 'targetList') : []),
      ...listOf(conflict, 'targetList'),
    ]
    if (set.some((each) => (each['ResTarget'] as Node)['name'] === column))
      this.#problem('distributionColumn', `${column} is updated`)
    const inserted = listOf(body, 'cols').map((each) => (each['ResTarget'] as Node)['name'])
    if (kind === 'InsertStmt' && !inserted.includes(column))
      this.#problem('distributionColumn', `${column} is not inserted`)
    const infer = listOf(conflict?.['infer'] as Node | undefined, 'indexElems')
    if (conflict !== undefined && !infer.some((each) => (each['IndexElem'] as Node)['name'] === column))
      this.#problem('uniqueness', `a conflict is looked for without ${column}`)
  }

  /** Functions, on tables of either kind. */
  #judgeCalls(kind: string, body: Node): void {
    const conflict = body['onConflictClause'] as Node | undefined
    const select = (body['selectStmt'] as Node | undefined)?.['SelectStmt'] as Node | undefined
    if (
      kind === 'InsertStmt' &&
      hasSubquery([select?.['valuesLists'], (body['returningClause'] as Node | undefined)?.['exprs']])
    )
      this.#problem('insertSubquery', 'a subquery is among the values, or in RETURNING')
    for (const { name } of mutableCallsIn([conflict?.['targetList'], conflict?.['whereClause']]))
      this.#problem('mutableInConflict', `a conflict is resolved with ${name}`)
    for (const { name } of mutableCallsIn((body['returningClause'] as Node | undefined)?.['exprs']))
      this.#problem('mutableInReturning', `${name} is returned`)
    if (kind !== 'UpdateStmt' && kind !== 'DeleteStmt') return
    for (const call of mutableCallsIn([body['targetList'], body['whereClause']])) {
      if (call.volatility === 'volatile') this.#problem('volatile', `${call.name} is called`)
      else if (call.takesColumn || call.isConditional)
        this.#problem('stableOfColumn', `${call.name} is called with a column, or now and then`)
    }
  }

  /** Whether all of it is in one shard, by a parameter. */
  #isPinned(tables: readonly TableInBlock[] = this.#tables): boolean {
    return tables.every(({ key }) => this.#find(key) === this.#find('a parameter'))
  }

  #keyOf(alias: string, column: string): string {
    return `${this.#id}.${alias}.${column}`
  }

  #find(key: string): string {
    const above = this.#equal.get(key)
    return above === undefined ? key : this.#find(above)
  }

  #union(one: string, other: string): void {
    const [from, to] = [this.#find(one), this.#find(other)]
    if (from !== to) this.#equal.set(from, to)
  }

  #problem(form: RefusedForm, what: string): void {
    this.#findings.problems.push({ form, what })
  }
}

/** Whether the rows of all shards have to be together for it. */
function isGathered(select: Node): boolean {
  const targets = JSON.stringify(select['targetList'] ?? [])
  const isSum =
    select['groupClause'] === undefined && /"sval":"(?:count|sum|min|max|\w+_agg|bool_and)"/.test(targets)
  const isWindow = select['windowClause'] !== undefined || targets.includes('"over":')
  return select['limitCount'] !== undefined || isSum || isWindow
}

function hasSubquery(node: unknown): boolean {
  return JSON.stringify(node).includes('"SubLink"')
}

/** The name that a bare column gives to what is selected. */
function columnOf(expression: Node): string | undefined {
  return stringOf(listOf(expression['ColumnRef'], 'fields').at(-1)) || undefined
}

function names(tables: readonly TableInBlock[]): string {
  return [...new Set(tables.map(({ table }) => table))].join(' and ')
}

function listOf(node: unknown, key: string): readonly Node[] {
  const list = (node as Node | undefined)?.[key]
  return Array.isArray(list) ? (list as readonly Node[]) : []
}

function stringOf(node: Node | undefined): string {
  return ((node?.['String'] as Node | undefined)?.['sval'] as string | undefined) ?? ''
}

function aliasOf(range: Node): string {
  return ((range['alias'] as Node | undefined)?.['aliasname'] as string | undefined) ?? ''
}

/** The parameter or constant that an expression is, whatever it is cast to. */
function parameterIn(expression: unknown): Node | undefined {
  const {
    TypeCast: cast,
    ParamRef: parameter,
    A_Const: constant,
  } = (expression ?? {}) as Record<string, Node | undefined>
  return cast === undefined ? (parameter ?? constant) : parameterIn(cast['arg'])
}
