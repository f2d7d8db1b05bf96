// Whether an expression gives the same for the same arguments always (immutable), within a statement (stable) or never
// (volatile), by its parse tree, as far as the statements of this package need it.

type Volatility = 'immutable' | 'stable' | 'volatile'

type Node = { readonly [key: string]: unknown }

const volatilityOf: Readonly<Record<string, Volatility>> = {
  ...all('immutable', 'array_agg bool_and count max min string_agg sum lead row_number'),
  ...all(
    'immutable',
    'convert_to date_trunc generate_series hashtextextended length octet_length split_part',
  ),
  ...all('immutable', 'string_to_array substr substring timezone unnest'),
  ...all('stable', 'extract format_type now pg_column_size'),
  ...all('volatile', 'pg_notify pg_try_advisory_xact_lock set_config'),
}

function all(volatility: Volatility, names: string): Record<string, Volatility> {
  return Object.fromEntries(names.split(' ').map((name) => [name, volatility]))
}

/** One call, or addition of a time, in an expression. */
export interface Call {
  readonly volatility: Volatility
  /** The name of the function, for messages. */
  readonly name: string
  readonly takesColumn: boolean
  /** Inside of a CASE or COALESCE, which may not come to it. */
  readonly isConditional: boolean
}

/** The calls in an expression that are not immutable; of subqueries, those too. @throws when a function is not known */
export function mutableCallsIn(expression: unknown, isConditional = false): readonly Call[] {
  if (typeof expression !== 'object' || expression === null) return []
  if (Array.isArray(expression)) return expression.flatMap((each) => mutableCallsIn(each, isConditional))
  return Object.entries(expression as Node).flatMap(([kind, value]) => {
    const inner = mutableCallsIn(value, isConditional || kind === 'CaseExpr' || kind === 'CoalesceExpr')
    const call = callOf(kind, value as Node)
    if (call === undefined || call.volatility === 'immutable') return inner
    return [{ ...call, takesColumn: hasColumn(value), isConditional }, ...inner]
  })
}

function callOf(kind: string, node: Node): Pick<Call, 'name' | 'volatility'> | undefined {
  if (kind === 'A_Expr' && addsInterval(node)) return { name: 'adding an interval', volatility: 'stable' }
  if (kind !== 'FuncCall') return undefined
  const name = (node['funcname'] as readonly Node[]).map((part) => (part['String'] as Node)['sval']).at(-1)
  const volatility = volatilityOf[String(name)]
  if (volatility === undefined) throw new Error(`say in volatility.ts how volatile ${String(name)} is`)
  // Of a timestamp without a time zone, which AT TIME ZONE makes of one with it.
  const isOfUtc = name === 'extract' && JSON.stringify(node['args']).includes('"timezone"')
  return { name: String(name), volatility: isOfUtc ? 'immutable' : volatility }
}

/** To a time with a time zone, as far as it does not say to be one without. */
function addsInterval(node: Node): boolean {
  const operator = JSON.stringify(node['name'] ?? '')
  if (!operator.includes('"+"') && !operator.includes('"-"')) return false
  const isInterval = JSON.stringify(node['rexpr'] ?? '').includes('"interval"')
  return isInterval && !JSON.stringify(node['lexpr'] ?? '').includes('"timestamp"')
}

function hasColumn(node: unknown): boolean {
  return JSON.stringify(node).includes('"ColumnRef"')
}
