// Random entity types and random command sequences for them. Every spec has the same names, so that any command may
// meet any spec, and an entity may go on living under another one.
import * as fc from 'fast-check'
import type {
  ActionSpec,
  Command,
  Effect,
  EffectArgument,
  EntitySpec,
  Expression,
  JsonValue,
  OverflowPolicy,
  StateVariable,
  ValueType,
} from '@perdure/core'
import {
  and,
  compare,
  empty,
  implies,
  length,
  literal,
  not,
  or,
  param,
  read,
  setOf,
  status,
  sum,
  within,
} from './expressions.ts'
import { act, create, remove, update } from './live-entity.ts'
import { anyJson } from './arbitrary-json.ts'
import { paramOf, ruleOf, specOf } from './spec-of.ts'

const states = ['A', 'B', 'Done', 'Deleted']
const names = ['v1', 'v2', 'v3', 'v4', 'toString']
const actionNames = ['Go', 'Set', 'End']
const types: readonly ValueType[] = [
  'string',
  'int',
  'number',
  'counter',
  'bool',
  'list',
  'set',
  'json',
  'ref',
]

const anyName = fc.constantFrom(...names)
const anyText = fc.constantFrom('', 'a', 'text', 'a longer text, to overflow with', '\ud800', '{"$blob":1}')
const anyInt = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
)

/** A value that fits the type. */
function valueOf(type: ValueType): fc.Arbitrary<JsonValue> {
  switch (type) {
    case 'string':
    case 'ref':
      return anyText
    case 'int':
      return anyInt
    case 'counter':
      return fc.nat({ max: 5 })
    case 'number':
      return fc.oneof(anyInt, fc.constantFrom(0.1, -0.2, 1e300))
    case 'bool':
      return fc.boolean()
    case 'list':
      return fc.array(anyText, { maxLength: 3 })
    case 'set':
      return fc.uniqueArray(anyText, { maxLength: 3 })
    case 'json':
      return anyJson
  }
}

const anyPolicy: fc.Arbitrary<OverflowPolicy> = fc.record(
  {
    inlineMaxBytes: fc.constantFrom(0, 2, 8, 40),
    ttlSeconds: fc.constantFrom(1, 60),
    journal: fc.constantFrom('value', 'ref'),
  },
  { requiredKeys: ['journal'] },
)

const anyVariables: fc.Arbitrary<readonly StateVariable[]> = fc.uniqueArray(
  fc.tuple(anyName, fc.constantFrom(...types)).chain(([name, type]) =>
    fc.record({
      name: fc.constant(name),
      type: fc.constant(type),
      initial: valueOf(type),
      overflow: anyPolicy,
      queryIndexed: fc.constant(true),
      sensitive: fc.boolean(),
    }),
  ),
  { selector: ({ name }) => name },
)

const anyLiteral = fc.constantFrom('a', 'text', 0, 1, 2, true, null).map(literal)
const anyPath = fc.oneof(anyName.map(read), anyName.map(param))
const anyArgument: fc.Arbitrary<EffectArgument> = fc.oneof(anyPath, anyLiteral)

/** No variable: a list that takes itself in doubles with every command. */
const anyItem: fc.Arbitrary<EffectArgument> = fc.oneof(anyName.map(param), anyLiteral)

const anyOperand: fc.Arbitrary<Expression> = fc.oneof(
  anyPath,
  anyLiteral,
  anyPath.map(length),
  fc.constant(status),
  fc.tuple(anyPath, anyLiteral).map(([a, b]) => sum(a, ['+', b])),
)

const anyTest: fc.Arbitrary<Expression> = fc.letrec<{ test: Expression }>((tie) => ({
  test: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(anyOperand, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), anyOperand)
      .map(([left, operator, right]) => compare(left, operator, right)),
    anyPath.map(empty),
    fc.tuple(anyOperand, anyPath, fc.boolean()).map(([item, list, negated]) => within(item, list, negated)),
    fc.constant(within(status, setOf('A', 'B'))),
    tie('test').map(not),
    fc.tuple(tie('test'), tie('test')).map(([a, b]) => and(a, b)),
    fc.tuple(tie('test'), tie('test')).map(([a, b]) => or(a, b)),
    fc.tuple(tie('test'), tie('test')).map(([a, b]) => implies(a, b)),
  ),
})).test

/** A statement that suits the variable's type; whether its argument does is for decide to find out. */
function effectOn({ name, type }: StateVariable): fc.Arbitrary<Effect> {
  const assign = anyArgument.map((value): Effect => ({ kind: 'assign', variable: name, value }))
  const clear = fc.constant<Effect>({ kind: 'clear', variable: name })
  switch (type) {
    case 'int':
    case 'number':
    case 'counter': {
      const amount = fc.oneof(anyArgument, fc.constantFrom(1, 2, 0.5).map(literal))
      return fc
        .tuple(fc.constantFrom('add', 'subtract'), amount)
        .map(([kind, amount]): Effect => ({ kind, variable: name, amount }))
    }
    case 'list':
    case 'set':
      return fc.oneof(
        fc
          .tuple(fc.constantFrom('append', 'remove'), anyItem)
          .map(([kind, item]): Effect => ({ kind, variable: name, item })),
        anyArgument.map((index): Effect => ({ kind: 'removeAt', variable: name, index })),
        assign,
        clear,
      )
    case 'string':
    case 'bool':
    case 'json':
    case 'ref':
      return fc.oneof(assign, clear)
  }
}

const hostEffects: readonly Effect[] = [
  { kind: 'emit', name: 'told' },
  { kind: 'schedule', action: 'Go', seconds: literal(5) },
]

function anyRule(variables: readonly StateVariable[]): fc.Arbitrary<ActionSpec> {
  const effects = fc.array(fc.oneof(...variables.map(effectOn), fc.constantFrom(...hostEffects)), {
    maxLength: 4,
  })
  const params = fc.uniqueArray(
    fc
      .tuple(anyName, fc.constantFrom(...types), fc.boolean(), fc.boolean())
      .map(([name, type, required, transient]) => paramOf(name, type, { required, transient })),
    { selector: ({ name }) => name },
  )
  return fc
    .record(
      {
        name: fc.constantFrom(...actionNames),
        from: fc.subarray(['A', 'B', 'Done']),
        to: fc.constantFrom('A', 'B', 'A', 'B', 'Done', 'Deleted'),
        guard: anyTest,
        effects,
        params,
      },
      { requiredKeys: ['name', 'from', 'effects', 'params'] },
    )
    .map(({ name, ...parts }) => ruleOf(name, parts))
}

/** A spec with any variables, any rules over them and perhaps an invariant. */
export const anySpec: fc.Arbitrary<EntitySpec> = anyVariables.chain((variables) =>
  fc
    .record({
      actions: fc.array(anyRule(variables), { minLength: 1, maxLength: 6 }),
      strictActionParams: fc.boolean(),
      asserts: fc.array(anyTest, { maxLength: 1 }),
      fieldAsserts: fc.array(fc.constant(not(compare(read('v4'), '==', literal('a')))), { maxLength: 1 }),
    })
    .map(({ asserts, fieldAsserts, ...parts }) =>
      specOf({
        states,
        initial: 'A',
        terminal: ['Done'],
        variables,
        invariants: asserts.map((assert) => ({
          name: 'Any',
          assert: or(assert, compare(status, '==', literal('A'))),
        })),
        fieldInvariants: fieldAsserts.map((assert) => ({ name: 'Field', assert })),
        ...parts,
      }),
    ),
)

const anyValue = fc.oneof(...types.map(valueOf), fc.constant(null))
const anyFields = fc.dictionary(fc.oneof(anyName, fc.constant('extra')), anyValue, {
  maxKeys: 3,
  noNullPrototype: true,
})

/** What may be asked of an entity after its creation; deletions are rare, for nothing follows them. */
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom(...actionNames), anyFields)
      .map(([name, params]) => act(name, params)),
  },
  { weight: 4, arbitrary: anyFields.map(update) },
  { weight: 1, arbitrary: fc.constantFrom(act('Nonsense'), update({ id: 'x' })) },
  { weight: 1, arbitrary: fc.constant(remove) },
)

/** A creation and what follows it. */
export const anyCommands: fc.Arbitrary<readonly Command[]> = fc
  .tuple(fc.oneof(fc.constant({}), anyFields), fc.array(anyCommand, { maxLength: 25, size: 'max' }))
  .map(([fields, commands]) => [create(), create(fields), ...commands])
