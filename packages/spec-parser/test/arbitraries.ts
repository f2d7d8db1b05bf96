// Expressions and effects as the grammar can write them: flat chains, sums of operands, sets of literals.
import type {
  Effect,
  EffectArgument,
  Expression,
  Literal,
  PathExpression,
  SetExpression,
} from '@perdure/core'
import * as fc from 'fast-check'

const words = new Set(['true', 'false', 'null', 'not', 'in', 'status', 'params', 'len', 'empty'])

/** A name that an expression can read. */
const name: fc.Arbitrary<string> = fc
  .oneof(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), fc.constantFrom('é', 'größe', 'x1'))
  .filter((text) => !words.has(text))

const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((value) => value + 0),
  fc.constantFrom(1e-7, 5e-324, 0.1, -2.5e-9),
)

const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom("it's", '\\', "\\'", '\n', '\uD800', '\0'),
  number,
  fc.boolean(),
  fc.constant(null),
)

const path: fc.Arbitrary<PathExpression> = fc.oneof(
  name.map((name): PathExpression => ({ kind: 'variable', name })),
  fc.oneof(name, fc.constantFrom('in', 'status')).map((name): PathExpression => ({ kind: 'param', name })),
)

const operand: fc.Arbitrary<Expression> = fc.oneof(
  literal.map((value): Expression => ({ kind: 'literal', value })),
  fc.constant<Expression>({ kind: 'status' }),
  path,
  fc.tuple(name, path).map(([entityType, path]): Expression => ({ kind: 'relatedStatus', entityType, path })),
  path.map((path): Expression => ({ kind: 'length', path })),
)

const sum: fc.Arbitrary<Expression> = fc
  .array(fc.record({ sign: fc.constantFrom('+' as const, '-' as const), operand }), {
    minLength: 2,
    maxLength: 4,
  })
  .map(([first, ...rest]) => ({
    kind: 'sum',
    terms: first === undefined ? rest : [{ ...first, sign: '+' }, ...rest],
  }))

const term = fc.oneof({ weight: 3, arbitrary: operand }, { weight: 1, arbitrary: sum })
const set: fc.Arbitrary<SetExpression> = fc.oneof(
  fc.array(literal, { maxLength: 4 }).map((items): SetExpression => ({ kind: 'set', items })),
  path,
)
const operator = fc.constantFrom(
  '==' as const,
  '!=' as const,
  '<' as const,
  '<=' as const,
  '>' as const,
  '>=' as const,
)

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  term,
  path.map((path): Expression => ({ kind: 'empty', path })),
  fc.record({ kind: fc.constant('compare' as const), operator, left: term, right: term }),
  fc.record({ kind: fc.constant('in' as const), negated: fc.boolean(), item: term, set }),
)

/** Any tree that a text can mean. */
export const expression: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => {
  const chain = (kind: 'and' | 'or') =>
    fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((operands): Expression => ({
      kind,
      operands: operands.flatMap((tree) => (tree.kind === kind ? tree.operands : [tree])),
    }))
  return {
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      tie('tree').map((operand): Expression => ({ kind: 'not', operand })),
      chain('and'),
      chain('or'),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([left, right]): Expression => ({ kind: 'implies', left, right })),
    ),
  }
}).tree

const argument: fc.Arbitrary<EffectArgument> = fc.oneof(
  literal.map((value): EffectArgument => ({ kind: 'literal', value })),
  name.map((name): EffectArgument => ({ kind: 'variable', name })),
  name.map((name): EffectArgument => ({ kind: 'param', name })),
)
const anyText = fc.string({ unit: 'binary' })

/** Any statement. */
export const effect: fc.Arbitrary<Effect> = fc.oneof(
  fc.tuple(name, argument).map(([variable, value]): Effect => ({ kind: 'assign', variable, value })),
  fc
    .tuple(name, argument, fc.constantFrom('add' as const, 'subtract' as const))
    .map(([variable, amount, kind]): Effect => ({ kind, variable, amount })),
  fc
    .tuple(name, argument, fc.constantFrom('append' as const, 'remove' as const))
    .map(([variable, item, kind]): Effect => ({ kind, variable, item })),
  fc.tuple(name, argument).map(([variable, index]): Effect => ({ kind: 'removeAt', variable, index })),
  name.map((variable): Effect => ({ kind: 'clear', variable })),
  fc.tuple(anyText, argument).map(([action, seconds]): Effect => ({ kind: 'schedule', action, seconds })),
  fc.tuple(anyText, name).map(([action, field]): Effect => ({ kind: 'scheduleAt', action, field })),
  anyText.map((action): Effect => ({ kind: 'cancel', action })),
  anyText.map((name): Effect => ({ kind: 'emit', name })),
  fc
    .tuple(anyText, anyText, fc.option(fc.tuple(name, fc.option(argument))))
    .map(([entityType, action, store]): Effect => ({
      kind: 'spawn',
      entityType,
      action,
      ...(store === null ? {} : { storeField: store[0] }),
      ...(store?.[1] == null ? {} : { id: store[1] }),
    })),
)
