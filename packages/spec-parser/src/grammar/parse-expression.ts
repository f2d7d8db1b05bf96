// Expression text → core Expression. Called for guards and asserts; answers with the tree and its spans, or one fault.
// Precedence, lowest first: => || && ! comparison sum. Knows no names and no types: check/ does.
import type {
  ComparisonOperator,
  Expression,
  Literal,
  PathExpression,
  SetExpression,
  SumTerm,
} from '@perdure/core'

import { limits } from '../limits.ts'
import type { Span } from '../toml/span.ts'
import { ExpressionSpans } from './expression-spans.ts'
import { catchFault, GrammarError } from './grammar-fault.ts'
import type { GrammarFault } from './grammar-fault.ts'
import { isAtLiteral, readLiteral } from './literal.ts'
import { TokenReader } from './token-reader.ts'

/** A parsed expression; the tree carries no positions, `spans` does. */
export interface ParsedExpression {
  readonly kind: 'expression'
  readonly expression: Expression
  readonly spans: ExpressionSpans
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

interface Parse {
  readonly reader: TokenReader
  readonly spans: ExpressionSpans
}

/** Parses one expression. Never throws: a text that is none gives the first fault. */
export function parseExpression(text: string): ParsedExpression | GrammarFault {
  return catchFault(() => {
    const parse: Parse = { reader: new TokenReader(text), spans: new ExpressionSpans() }
    const expression = readImplication(parse, 1)
    parse.reader.expectEnd('an operator or the end')
    return { kind: 'expression', expression, spans: parse.spans }
  })
}

function readImplication(parse: Parse, depth: number): Expression {
  const { reader } = parse
  if (depth > limits.nesting) tooDeep(reader)
  const start = reader.peek().start
  const left = readChain(parse, depth, 'or')
  if (!reader.take('=>')) return left
  const right = readImplication(parse, depth + 1)
  return mark(parse, start, { kind: 'implies', left, right })
}

/** `a || b || c` and `a && b && c`: flat, so a long chain is no deep tree; `(a && b) && c` is the same chain. */
function readChain(parse: Parse, depth: number, kind: 'or' | 'and'): Expression {
  const { reader } = parse
  const start = reader.peek().start
  const readOperand = () => (kind === 'or' ? readChain(parse, depth, 'and') : readUnary(parse, depth))
  const first = readOperand()
  if (!reader.isAt(kind === 'or' ? '||' : '&&')) return first
  const operands = [first]
  while (reader.take(kind === 'or' ? '||' : '&&')) operands.push(readOperand())
  const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]))
  return mark(parse, start, { kind, operands: flat })
}

function readUnary(parse: Parse, depth: number): Expression {
  const { reader } = parse
  const starts: number[] = []
  while (reader.isAt('!')) {
    if (depth + starts.length >= limits.nesting) tooDeep(reader)
    starts.push(reader.next().start)
  }
  let expression = readAtom(parse, depth + starts.length)
  for (const start of starts.toReversed())
    expression = mark(parse, start, { kind: 'not', operand: expression })
  return expression
}

function readAtom(parse: Parse, depth: number): Expression {
  const { reader } = parse
  if (!reader.isAt('(')) return readTerm(parse)
  reader.next()
  const expression = readImplication(parse, depth + 1)
  reader.expect(')')
  const { text } = reader.peek()
  if (comparisons.has(text) || text === '+' || text === '-') {
    reader.fail('&&, || or =>', 'brackets group conditions; sums and comparisons are written without them')
  }
  return expression
}

function readTerm(parse: Parse): Expression {
  const { reader } = parse
  const start = reader.peek().start
  if (reader.isAtName('empty') && reader.isAt('(', 1)) {
    return mark(parse, start, { kind: 'empty', path: readCall(parse) })
  }
  const left = readSum(parse)
  const operator = reader.peek().text
  if (reader.peek().kind === 'symbol' && comparisons.has(operator)) {
    reader.next()
    const right = readSum(parse)
    if (comparisons.has(reader.peek().text))
      reader.fail('&&, || or =>', 'compare two things at a time: a < b && b < c')
    return mark(parse, start, { kind: 'compare', operator: operator as ComparisonOperator, left, right })
  }
  const negated = reader.isAtName('not')
  if (!negated && !reader.isAtName('in')) return left
  reader.next()
  if (negated && !reader.isAtName('in')) reader.fail("'in'", 'write !(…) to negate')
  if (negated) reader.next()
  return mark(parse, start, { kind: 'in', negated, item: left, set: readSet(parse) })
}

function readSum(parse: Parse): Expression {
  const { reader } = parse
  const start = reader.peek().start
  const first = readOperand(parse)
  if (!reader.isAt('+') && !reader.isAt('-')) return first
  const terms: SumTerm[] = [{ sign: '+', operand: first }]
  while (reader.isAt('+') || reader.isAt('-')) {
    const sign = reader.next().text === '+' ? '+' : '-'
    terms.push({ sign, operand: readOperand(parse) })
  }
  return mark(parse, start, { kind: 'sum', terms })
}

function readOperand(parse: Parse): Expression {
  const { reader } = parse
  const { start, kind } = reader.peek()
  if (isAtLiteral(reader)) return mark(parse, start, { kind: 'literal', value: readLiteral(reader) })
  if (kind !== 'name') return reader.fail('a name, a value or a bracket')
  if (reader.isAtName('status')) {
    reader.next()
    return mark(parse, start, { kind: 'status' })
  }
  if (reader.isAtName('len') && reader.isAt('(', 1))
    return mark(parse, start, { kind: 'length', path: readCall(parse) })
  if (reader.isAtName('empty') && reader.isAt('(', 1)) {
    return reader.fail('a name or a value', 'empty(…) is a condition and cannot be compared or added')
  }
  if (reader.isAt('[', 1)) return readRelatedStatus(parse)
  return readPath(parse)
}

/** `Type[path].status` */
function readRelatedStatus(parse: Parse): Expression {
  const { reader } = parse
  const { text: entityType, start } = reader.next()
  reader.expect('[')
  const path = readPath(parse)
  reader.expect(']')
  reader.expect('.')
  if (!reader.isAtName('status')) reader.fail("'status'", 'of a related entity only the status can be read')
  reader.next()
  return mark(parse, start, { kind: 'relatedStatus', entityType, path })
}

/** The argument of `empty(path)` and `len(path)`. */
function readCall(parse: Parse): PathExpression {
  parse.reader.next()
  parse.reader.expect('(')
  const path = readPath(parse)
  parse.reader.expect(')')
  return path
}

function readPath(parse: Parse): PathExpression {
  const { reader } = parse
  const first = reader.expectName('a name')
  if (reader.isAt('(')) {
    throw new GrammarError(
      first,
      `there is no function '${first.text}'`,
      'the functions are empty(path) and len(path)',
    )
  }
  if (first.text !== 'params' || !reader.take('.')) {
    return mark(parse, first.start, { kind: 'variable', name: first.text })
  }
  const name = reader.expectName('the name of a param').text
  return mark(parse, first.start, { kind: 'param', name })
}

function readSet(parse: Parse): SetExpression {
  const { reader } = parse
  if (!reader.isAt('[')) return readPath(parse)
  const { start } = reader.next()
  const items: Literal[] = []
  const itemSpans: Span[] = []
  while (!reader.isAt(']')) {
    if (items.length > 0) reader.expect(',')
    const from = reader.peek().start
    if (!isAtLiteral(reader)) reader.fail('a value', 'a set holds values, not names')
    items.push(readLiteral(reader))
    itemSpans.push({ start: from, end: reader.lastEnd })
  }
  reader.next()
  const set: SetExpression = { kind: 'set', items }
  parse.spans.mark(set, { start, end: reader.lastEnd }, itemSpans)
  return set
}

/** Notes where a node was written. */
function mark<Node extends Expression>(parse: Parse, start: number, node: Node): Node {
  parse.spans.mark(node, { start, end: parse.reader.lastEnd })
  return node
}

function tooDeep(reader: TokenReader): never {
  const { start, end } = reader.peek()
  throw new GrammarError(
    { start, end },
    `more than ${limits.nesting} levels`,
    'split the expression',
    'nesting_too_deep',
  )
}
