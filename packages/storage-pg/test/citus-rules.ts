// What a distributed PostgreSQL (Citus) refuses, as far as a statement's text tells, by PostgreSQL's own parser. Rules, not
// Citus itself: it cannot be installed where the tests run.
import { loadModule, parseSync } from 'libpg-query'
import type { Distribution } from '../src/schema/distribution.ts'

/** The distribution of a table by its name in SQL; undefined for tables that are not the schema's. */
export type DistributionOf = (table: string) => Distribution | undefined

/** Why Citus would refuse the statement; empty when nothing speaks against it. */
export async function citusProblems(
  text: string,
  distributionOf: DistributionOf,
): Promise<readonly string[]> {
  await loadModule()
  const parsed = parseSync(text) as unknown as { readonly stmts: readonly { readonly stmt: Node }[] }
  const problems: string[] = []
  for (const { stmt } of parsed.stmts) new Block(distributionOf, problems, undefined).readStatement(stmt)
  return problems
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
  readonly #problems: string[]
  readonly #outer: Block | undefined
  /** Alias → the table's name; undefined for whatever is no table. */
  readonly #aliases = new Map<string, string | undefined>()
  readonly #tables: TableInBlock[] = []
  readonly #equal: Map<string, string>
  isCorrelated = false

  constructor(distributionOf: DistributionOf, problems: string[], outer: Block | undefined) {
    this.#distributionOf = distributionOf
    this.#problems = problems
    this.#outer = outer
    this.#equal = outer === undefined ? new Map() : outer.#equal
  }

  readStatement(statement: Node): void {
    const [[kind, body] = ['', {}]] = Object.entries(statement) as [string, Node][]
    for (const cte of listOf(body['withClause'], 'ctes')) {
      const { ctequery } = cte['CommonTableExpr'] as { readonly ctequery: Node }
      // Materialized on the coordinator: a block of its own.
      new Block(this.#distributionOf, this.#problems, undefined).readStatement(ctequery)
    }
    if (body['relation'] !== undefined) this.#readFrom({ RangeVar: body['relation'] })
    for (const item of [...listOf(body, 'fromClause'), ...listOf(body, 'usingClause')]) this.#readFrom(item)
    this.#readEqualities(body['whereClause'])
    this.#readNested(kind === 'InsertStmt' ? { ...body, relation: undefined } : body, kind)
    this.#judge(kind, body)
  }

  #readFrom(item: Node): void {
    const {
      RangeVar: table,
      JoinExpr: join,
      RangeSubselect: subselect,
      RangeFunction: call,
    } = item as Record<string, Node | undefined>
    if (table !== undefined) this.#addTable(table)
    if (call !== undefined) this.#aliases.set(aliasOf(call), undefined)
    if (subselect !== undefined) this.#addSubselect(subselect)
    if (join === undefined) return
    this.#readFrom(join['larg'] as Node)
    const middle = this.#aliasesNow()
    this.#readFrom(join['rarg'] as Node)
    this.#readEqualities(join['quals'])
    for (const column of listOf(join, 'usingClause').map(stringOf))
      for (const left of middle)
        for (const right of this.#aliasesNow().filter((alias) => !middle.includes(alias)))
          this.#union(this.#keyOf(left, column), this.#keyOf(right, column))
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

  /** A subselect of parameters alone is one row: its columns are those parameters. */
  #addSubselect(subselect: Node): void {
    const alias = aliasOf(subselect)
    this.#aliases.set(alias, undefined)
    const select = (subselect['subquery'] as Node)['SelectStmt'] as Node
    if (listOf(select, 'fromClause').length > 0) return
    for (const target of listOf(select, 'targetList')) {
      const { name, val } = target['ResTarget'] as { readonly name?: string; readonly val: Node }
      if (name !== undefined && parameterIn(val) !== undefined)
        this.#union(this.#keyOf(alias, name), 'a parameter')
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
  #readNested(node: unknown, kind: string): void {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const each of node) this.#readNested(each, kind)
      return
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === 'withClause' || value === undefined) continue
      if (key === 'SelectStmt') this.#readInner(value as Node)
      else if (key === 'ColumnRef') this.#touch(value as Node)
      else this.#readNested(value, kind)
    }
  }

  #touch(column: Node): void {
    const fields = listOf(column, 'fields').map(stringOf)
    if (fields.length === 2) this.#resolve(fields[0] ?? '')
  }

  #readInner(select: Node): void {
    const inner = new Block(this.#distributionOf, this.#problems, this)
    inner.readStatement({ SelectStmt: select })
    if (!inner.isCorrelated) return
    if (inner.#tables.length > 0 && this.#tables.length === 0 && this.#hasSource() && !inner.#isPinned())
      this.#problem(`a subquery looks from what is in no shard into ${names(inner.#tables)}`)
    if (inner.#tables.length > 0 && select['limitCount'] !== undefined && !inner.#isPinned())
      this.#problem(`a subquery of each row limits ${names(inner.#tables)}`)
    this.#tables.push(...inner.#tables)
  }

  #hasSource(): boolean {
    return this.#aliases.size > 0
  }

  #judge(kind: string, body: Node): void {
    this.#judgeJoin()
    this.#judgeLocks(listOf(body, 'lockingClause'))
    this.#judgeWrites(kind, body)
    if (this.#tables.length > 0 && hasWindow(body) && !this.#isPinned())
      this.#problem(`a window goes over all shards of ${names(this.#tables)}`)
  }

  #judgeJoin(): void {
    const [first, ...others] = this.#tables
    for (const other of others) {
      if (first === undefined) return
      if (first.column !== other.column)
        this.#problem(
          `${first.table} (by ${first.column}) is joined with ${other.table} (by ${other.column})`,
        )
      else if (this.#find(first.key) !== this.#find(other.key))
        this.#problem(`${first.table} and ${other.table} are joined otherwise than on ${first.column}`)
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
      if (waitPolicy === 'LockWaitSkip') this.#problem(`rows of ${names(tables)} are locked with SKIP LOCKED`)
      else if (!this.#isPinned()) this.#problem(`rows of ${names(tables)} are locked across shards`)
    }
  }

  #judgeWrites(kind: string, body: Node): void {
    const target = body['relation'] as Node | undefined
    const distribution = target && this.#distributionOf(String(target['relname']))
    if (distribution?.kind !== 'distributed') return
    const { column } = distribution
    const conflict = body['onConflictClause'] as Node | undefined
    const set = [
      ...(kind === 'UpdateStmt' ? listOf(body, 'targetList') : []),
      ...listOf(conflict, 'targetList'),
    ]
    if (set.some((each) => (each['ResTarget'] as Node)['name'] === column))
      this.#problem(`${column} is updated`)
    const inserted = listOf(body, 'cols').map((each) => (each['ResTarget'] as Node)['name'])
    if (kind === 'InsertStmt' && !inserted.includes(column)) this.#problem(`${column} is not inserted`)
    const infer = listOf(conflict?.['infer'] as Node | undefined, 'indexElems')
    if (conflict !== undefined && !infer.some((each) => (each['IndexElem'] as Node)['name'] === column))
      this.#problem(`a conflict is looked for without ${column}`)
  }

  /** Whether all of it is in one shard, by a parameter. */
  #isPinned(): boolean {
    return this.#tables.every(({ key }) => this.#find(key) === this.#find('a parameter'))
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

  #problem(what: string): void {
    this.#problems.push(what)
  }
}

function hasWindow(body: Node): boolean {
  return body['windowClause'] !== undefined || JSON.stringify(body['targetList'] ?? []).includes('"over":')
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
