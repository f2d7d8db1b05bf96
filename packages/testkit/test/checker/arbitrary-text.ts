// Small random specs, as text: few statuses, a variable of each kind, guards over small constants.
import * as fc from 'fast-check'
import { automaton } from './helpers.ts'

const states = ['A', 'B', 'C', 'D'] as const

const status = fc.constantFrom(...states)
const small = fc.integer({ min: 0, max: 2 })
const text = fc.constantFrom("'a'", "'b'", "''")
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')

/** A test of variables and, in guards, of params. */
function condition(atoms: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const atom = fc.oneof(...atoms)
  return fc.oneof(
    { weight: 4, arbitrary: atom },
    { weight: 1, arbitrary: fc.tuple(atom, atom).map(([a, b]) => `(${a}) && (${b})`) },
    { weight: 1, arbitrary: fc.tuple(atom, atom).map(([a, b]) => `(${a}) || (${b})`) },
    { weight: 1, arbitrary: fc.tuple(atom, atom).map(([a, b]) => `(${a}) => (${b})`) },
    { weight: 1, arbitrary: atom.map((a) => `!(${a})`) },
  )
}

const stateAtoms = [
  fc.tuple(comparison, small).map(([operator, n]) => `count ${operator} ${n}`),
  fc.tuple(comparison, fc.integer({ min: -2, max: 2 })).map(([operator, n]) => `level ${operator} ${n}`),
  fc.tuple(comparison, small).map(([operator, n]) => `count + 1 ${operator} ${n}`),
  fc.constantFrom('flag', '!flag'),
  fc.tuple(fc.constantFrom('==', '!='), text).map(([operator, t]) => `text ${operator} ${t}`),
  fc.constantFrom('empty(text)', 'empty(tags)', 'len(tags) > 1', 'len(text) >= 2'),
  fc.constantFrom("'a' in tags", "'b' not in tags", "text in ['a', 'z']"),
]

const invariantAtoms = [...stateAtoms, status.map((s) => `status == '${s}'`)]

const guardAtoms = [
  ...stateAtoms,
  fc.tuple(comparison, small).map(([operator, n]) => `params.n ${operator} ${n}`),
  fc.constantFrom('params.t == text', "params.t == 'a'", 'params.t in tags', 'empty(params.t)'),
]

const effect = fc.constantFrom(
  'count += 1',
  'count += 2',
  'count -= 1',
  'count = 0',
  'count += params.n',
  'level += 1',
  'level -= 2',
  'level = params.n',
  'flag = true',
  'flag = false',
  "text = 'a'",
  'text = params.t',
  'clear(text)',
  "append(tags, 'a')",
  'append(tags, params.t)',
  "remove(tags, 'a')",
  'remove(tags, params.t)',
  'remove_at(tags, 0)',
  'clear(tags)',
)

/** Whatever the variables of a rule's text are called, it declares the params that it reads. */
function ruleText(
  name: string,
  from: readonly string[],
  to: string | undefined,
  guard: string | undefined,
  effects: readonly string[],
): string {
  const all = [guard ?? '', ...effects].join(' ')
  const params = [
    ...(all.includes('params.n') ? ['{ name = "n", type = "int" }'] : []),
    ...(all.includes('params.t') ? ['{ name = "t", type = "string" }'] : []),
  ]
  return `
[[action]]
name = "${name}"
from = ${JSON.stringify(from)}
${to === undefined ? '' : `to = "${to}"`}
${guard === undefined ? '' : `guard = "${guard}"`}
effect = ${JSON.stringify(effects)}
params = [${params.join(', ')}]
`
}

const rule = fc
  .tuple(
    fc.constantFrom('Go', 'Do', 'Try', 'End'),
    fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1, maxLength: 2 }),
    fc.option(status, { nil: undefined }),
    fc.option(condition(guardAtoms), { nil: undefined }),
    fc.array(effect, { maxLength: 2 }),
  )
  .map((parts) => ruleText(...parts))

const variables = `
[[state]]
name = "count"
type = "counter"

[[state]]
name = "level"
type = "int"

[[state]]
name = "flag"
type = "bool"

[[state]]
name = "text"

[[state]]
name = "tags"
type = "list"
`

/** A random spec; D is terminal. */
export const arbitrarySpecText: fc.Arbitrary<string> = fc
  .record({
    tags: fc.constantFrom('list', 'set'),
    isEnforced: fc.boolean(),
    rules: fc.array(rule, { minLength: 2, maxLength: 6 }),
    invariants: fc.array(condition(invariantAtoms), { maxLength: 2 }),
  })
  .map(({ tags, isEnforced, rules, invariants }) =>
    automaton(
      states,
      ['D'],
      `enforce_invariants = ${isEnforced}
${variables.replace('type = "list"', `type = "${tags}"`)}${rules.join('')}${invariants
        .map((assert, index) => `\n[[invariant]]\nname = "I${index}"\nassert = "${assert}"\n`)
        .join('')}
[[liveness]]
name = "Gets"
from = ["A"]
reaches = ["C"]
`,
    ),
  )
