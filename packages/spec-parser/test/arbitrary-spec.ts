// Specs that have no error: names are distinct, every reference resolves, every expression has its types.
import { isReservedActionName, zeroOf } from '@perdure/core'
import type {
  ActionSpec,
  Effect,
  EntitySpec,
  Expression,
  JsonValue,
  ParamSpec,
  StateVariable,
  ValueType,
} from '@perdure/core'
import * as fc from 'fast-check'

const valueTypes: readonly ValueType[] = [
  'string',
  'int',
  'number',
  'bool',
  'counter',
  'list',
  'set',
  'json',
  'ref',
]
const variableNames = ['alpha', 'beta', 'gamma', 'größe', 'x1', 'len', 'empty']
const anyName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter(
    (name) =>
      !name.includes('\0') &&
      !/\p{Surrogate}/u.test(name) &&
      name !== 'Deleted' &&
      !isReservedActionName(name),
  )
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('"""', "'''", '\\', '\r\n', '\u007F', '\uD800'),
)
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.boolean(),
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'constructor')), tie('json'), { maxKeys: 3 })
      .map((table) => Object.fromEntries(Object.entries(table))),
  ),
})).json

function initialOf(type: ValueType): fc.Arbitrary<JsonValue> {
  switch (type) {
    case 'string':
      return text
    case 'ref':
      return fc.oneof(fc.constant(null), text)
    case 'int':
      return fc.maxSafeInteger()
    case 'counter':
      return fc.maxSafeNat()
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    case 'bool':
      return fc.boolean()
    case 'list':
      return fc.array(text, { maxLength: 3 })
    case 'set':
      return fc.uniqueArray(text, { maxLength: 3 })
    case 'json':
      return fc.oneof(fc.constant(null), json)
  }
}

const variable = (name: string): fc.Arbitrary<StateVariable> =>
  fc.constantFrom(...valueTypes).chain((type) => {
    const policy = fc.record(
      {
        inlineMaxBytes: fc.nat(),
        ttlSeconds: fc.integer({ min: 1, max: 1e9 }),
        journal: fc.constantFrom('value' as const, 'ref' as const),
      },
      { requiredKeys: ['journal'] },
    )
    return fc
      .record({
        name: fc.constant(name),
        type: fc.constant(type),
        initial: fc.oneof(fc.constant(zeroOf(type)), initialOf(type)),
        overflow:
          type === 'counter' || type === 'bool'
            ? fc.constant({ journal: 'value' as const })
            : policy.map((overflow) => ({
                ...overflow,
                ...(type === 'list' || type === 'set' ? { journal: 'value' as const } : {}),
              })),
        queryIndexed: fc.boolean(),
        sensitive: fc.boolean(),
      })
      .chain((variable) =>
        type === 'ref'
          ? fc
              .option(fc.constant('User'))
              .map((entityType) => (entityType === null ? variable : { ...variable, entityType }))
          : fc.constant(variable),
      )
  })

/** A condition that has a type, over the variables there are. */
function condition(variables: readonly StateVariable[], states: readonly string[]): fc.Arbitrary<Expression> {
  const status = fc.constantFrom(...states).map((value): Expression => ({
    kind: 'compare',
    operator: '==',
    left: { kind: 'status' },
    right: { kind: 'literal', value },
  }))
  const tests = variables.map(({ name, type }): fc.Arbitrary<Expression> => {
    const path: Expression = { kind: 'variable', name }
    if (type === 'bool') return fc.constant(path)
    if (type === 'list' || type === 'set')
      return fc.constant<Expression>({ kind: 'empty', path: { kind: 'variable', name } })
    if (type === 'string' || type === 'ref')
      return text.map((value): Expression => ({
        kind: 'in',
        negated: false,
        item: path,
        set: { kind: 'set', items: [value, null] },
      }))
    if (type === 'json')
      return fc.constant<Expression>({
        kind: 'compare',
        operator: '!=',
        left: path,
        right: { kind: 'literal', value: null },
      })
    return fc.integer().map((value): Expression => ({
      kind: 'compare',
      operator: '<',
      left: {
        kind: 'sum',
        terms: [
          { sign: '+', operand: path },
          { sign: '-', operand: { kind: 'literal', value } },
        ],
      },
      right: { kind: 'literal', value: 7 },
    }))
  })
  const leaf = fc.oneof(status, ...tests)
  return fc.oneof(
    leaf,
    leaf.map((operand): Expression => ({ kind: 'not', operand })),
    fc.tuple(leaf, leaf).map(([left, right]): Expression => ({ kind: 'implies', left, right })),
    fc.array(leaf, { minLength: 2, maxLength: 3 }).map((operands): Expression => ({ kind: 'or', operands })),
  )
}

function effects(variables: readonly StateVariable[]): fc.Arbitrary<readonly Effect[]> {
  const statements = variables.map(({ name, type }): fc.Arbitrary<Effect> => {
    if (type === 'counter' || type === 'int' || type === 'number') {
      return fc
        .nat()
        .map((value): Effect => ({ kind: 'add', variable: name, amount: { kind: 'literal', value } }))
    }
    if (type === 'list' || type === 'set') {
      return fc.oneof(
        text.map((value): Effect => ({ kind: 'append', variable: name, item: { kind: 'literal', value } })),
        fc.constant<Effect>({ kind: 'clear', variable: name }),
      )
    }
    if (type === 'bool')
      return fc
        .boolean()
        .map((value): Effect => ({ kind: 'assign', variable: name, value: { kind: 'literal', value } }))
    return text.map((value): Effect => ({
      kind: 'assign',
      variable: name,
      value: { kind: 'literal', value },
    }))
  })
  return fc.array(
    fc.oneof(
      text.map((name): Effect => ({ kind: 'emit', name })),
      ...statements,
    ),
    { maxLength: 3 },
  )
}

const isNumeric = (type: ValueType) => type === 'int' || type === 'number' || type === 'counter'

function param(variables: readonly StateVariable[]): fc.Arbitrary<ParamSpec> {
  const own = fc.record({
    name: fc.constantFrom('one', 'two', 'in', 'not'),
    type: fc.constantFrom(...valueTypes),
    required: fc.boolean(),
    transient: fc.boolean(),
  })
  const ofVariables = variables.map(({ name, type }) =>
    fc.record({
      name: fc.constant(name),
      type: fc.constant(type),
      required: fc.boolean(),
      transient: fc.boolean(),
    }),
  )
  return fc
    .tuple(fc.oneof(own, ...ofVariables), fc.boolean())
    .map(([param, isAmount]) => (isAmount && isNumeric(param.type) ? { ...param, amount: true } : param))
}

function action(variables: readonly StateVariable[], states: readonly string[]): fc.Arbitrary<ActionSpec> {
  return fc.record(
    {
      name: anyName,
      kind: fc.constantFrom('input' as const, 'internal' as const),
      from: fc.uniqueArray(fc.constantFrom(...states), { maxLength: 2 }),
      to: fc.constantFrom(...states),
      guard: condition(variables, states),
      effects: effects(variables),
      params: fc.uniqueArray(param(variables), { maxLength: 3, selector: ({ name }) => name }),
      hint: text,
    },
    { requiredKeys: ['name', 'kind', 'from', 'effects', 'params'] },
  )
}

/** Any of these specs. */
export const entitySpec: fc.Arbitrary<EntitySpec> = fc
  .record({
    states: fc.uniqueArray(anyName, { minLength: 1, maxLength: 4 }),
    variables: fc.subarray(variableNames).chain((names) => fc.tuple(...names.map(variable))),
  })
  .chain(({ states, variables }) =>
    fc.record({
      name: fc.constantFrom('Sample', 'A1_b'),
      states: fc.constant(states),
      initial: fc.constantFrom(...states),
      terminal: fc.constant([]),
      strictActionParams: fc.boolean(),
      enforceInvariants: fc.boolean(),
      snapshotEvery: fc.integer({ min: 1, max: 1000 }),
      version: fc.constant(3),
      allowIndefiniteStates: fc.subarray(states),
      variables: fc.constant(variables),
      actions: fc.array(action(variables, states), { maxLength: 4 }),
      invariants: fc.uniqueArray(
        fc.record(
          {
            name: anyName,
            assert: condition(variables, states),
            when: fc.subarray(states, { minLength: 1 }),
          },
          { requiredKeys: ['name', 'assert'] },
        ),
        { maxLength: 2, selector: ({ name }) => name },
      ),
      liveness: fc.uniqueArray(
        fc.record({
          name: anyName,
          from: fc.subarray(states, { minLength: 1 }),
          reaches: fc.subarray(states, { minLength: 1 }),
        }),
        { maxLength: 2, selector: ({ name }) => name },
      ),
      fieldInvariants: fc.uniqueArray(
        fc.record(
          { name: anyName, assert: condition(variables, states), message: text },
          { requiredKeys: ['name', 'assert'] },
        ),
        { maxLength: 2, selector: ({ name }) => name },
      ),
      stateTimeouts: fc.constant([]),
      integrations: fc.constant([]),
      webhooks: fc.constant([]),
      keys: fc.constantFrom([], [{ name: 'by', properties: ['one', 'other'] }]),
      upcasts: fc.constant([]),
    }),
  )
  .chain((spec) => upcasts(spec).map((made) => ({ ...spec, upcasts: made })))

/** Upcasts that lead to what the spec declares. */
function upcasts(spec: EntitySpec): fc.Arbitrary<EntitySpec['upcasts']> {
  const [state = ''] = spec.states
  const [rule] = spec.actions
  const json = rule?.params.find(({ type }) => type === 'json')
  const last = (name: string | undefined) => (name === undefined ? {} : { 'old one': name })
  return fc.constantFrom(
    [],
    [
      {
        fromVersion: 1,
        renameAction: last(rule?.name),
        renameParam: {},
        renameStatus: { '"quoted"': state },
        renameVariable: {},
        defaultParam: json === undefined ? {} : { [json.name]: { deep: [1, 'x'] } },
      },
      {
        fromVersion: 2,
        renameAction: {},
        renameParam: last(rule?.params[0]?.name),
        renameStatus: {},
        renameVariable: last(spec.variables[0]?.name),
        defaultParam: {},
      },
    ],
  )
}
