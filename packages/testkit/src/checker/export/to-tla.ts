// Spec → TLA+, for a second opinion from TLC. What TLC cannot do without, a bound on numbers and lists, is a constraint of
// the configuration and not of the module.
import type { ActionSpec, EntitySpec } from '@perdure/core'
import { printExpression } from '@perdure/core'
import { coneOfInfluence } from '../abstraction/cone.ts'
import { Inexpressible, tlaTest } from './tla-expression.ts'
import type { TlaScope } from './tla-expression.ts'
import { tlaInitial, tlaRule } from './tla-rule.ts'

/** A module and how TLC is to check it. */
export interface TlaExport {
  /** Text of `<name>.tla`. */
  readonly module: string
  /** Text of `<name>.cfg`. */
  readonly config: string
  /** What was left out of the module, in words. */
  readonly omitted: readonly string[]
}

/** Exports what the checker follows of a spec. Numbers and lists go up to `bound`. */
export function toTla(spec: EntitySpec, bound: number = 4): TlaExport {
  return new TlaWriter(spec, bound).write()
}

class TlaWriter {
  readonly #spec: EntitySpec
  readonly #bound: number
  readonly #kept: readonly string[]
  readonly #omitted: string[] = []

  constructor(spec: EntitySpec, bound: number) {
    this.#spec = spec
    this.#bound = bound
    this.#kept = [...coneOfInfluence(spec)]
  }

  write(): TlaExport {
    const { name } = this.#spec
    const rules = this.#spec.actions.filter(({ kind }) => kind !== 'output')
    const actions = rules.flatMap((rule, index) => this.#action(rule, index, rules))
    const invariants = this.#invariants()
    const liveness = this.#liveness()
    const variables = ['status', ...this.#kept.map((kept) => `v_${kept}`)].join(', ')
    const module = [
      `---- MODULE ${name} ----`,
      ...header,
      `VARIABLES ${variables}`,
      `vars == <<${variables}>>`,
      `Mentioned == {${[...this.#texts()].map((text) => JSON.stringify(text)).join(', ')}}`,
      `Texts == Mentioned \\cup {"", "other text"}`,
      '',
      `Init ==\n${this.#initial().join('\n')}`,
      '',
      ...actions.map(({ operator, text }) => `${operator} ==\n${text}\n`),
      `Next == ${actions.map(({ operator }) => operator).join(' \\/ ') || 'FALSE'}`,
      `Spec == ${['Init /\\ [][Next]_vars', ...this.#fairness(actions)].join(' /\\ ')}`,
      '',
      ...invariants.map(({ operator, text }) => `${operator} == ${text}`),
      ...liveness.map(({ operator, text }) => `${operator} == ${text}`),
      `Bounded == ${this.#bounds().join(' /\\ ') || 'TRUE'}`,
      '====',
      '',
    ].join('\n')
    const config = [
      'SPECIFICATION Spec',
      `CONSTANT Bound = ${this.#bound}`,
      'CONSTRAINT Bounded',
      'CHECK_DEADLOCK FALSE',
      ...invariants.map(({ operator }) => `INVARIANT ${operator}`),
      ...liveness.map(({ operator }) => `PROPERTY ${operator}`),
      '',
    ].join('\n')
    return { module, config, omitted: this.#omitted }
  }

  #scope(rule?: ActionSpec): TlaScope {
    return { spec: this.#spec, params: new Map(rule?.params.map(({ name, type }) => [name, type])) }
  }

  /** What cannot be said is left out and listed. */
  #attempt(what: string, make: () => string): string | undefined {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error
      this.#omitted.push(`${what}: ${error.message} has no counterpart`)
      return undefined
    }
  }

  #action(rule: ActionSpec, index: number, rules: readonly ActionSpec[]): readonly Operator[] {
    const before = rules.slice(0, index).filter(({ name }) => name === rule.name)
    const operator = `A_${rule.name}${before.length === 0 ? '' : `_${before.length + 1}`}`
    const scope = { ...this.#scope(rule), kept: this.#kept }
    const text = this.#attempt(rule.name, () => tlaRule(scope, rule, before))
    return text === undefined ? [] : [{ operator, text, isFair: rule.kind !== 'input' }]
  }

  #initial(): readonly string[] {
    return [
      `    /\\ status = ${JSON.stringify(this.#spec.initial)}`,
      ...this.#kept.map((name) => {
        const variable = this.#spec.variables.find((candidate) => candidate.name === name)
        const value = variable === undefined ? 'Null' : tlaInitial(variable.initial, variable.type)
        return `    /\\ v_${name} = ${value}`
      }),
    ]
  }

  #fairness(actions: readonly Operator[]): readonly string[] {
    return actions.filter(({ isFair }) => isFair).map(({ operator }) => `WF_vars(${operator})`)
  }

  #invariants(): readonly Operator[] {
    return this.#spec.invariants.flatMap(({ name, assert, when }) => {
      const text = this.#attempt(name, () => tlaTest(assert, this.#scope()))
      if (text === undefined) return []
      return [{ operator: `Inv_${name}`, text: when === undefined ? text : `(${inStatus(when)}) => ${text}` }]
    })
  }

  #liveness(): readonly Operator[] {
    return this.#spec.liveness.flatMap(({ name, from, reaches }) =>
      reaches === undefined
        ? []
        : [{ operator: `Live_${name}`, text: `(${inStatus(from)}) ~> (${inStatus(reaches)})` }],
    )
  }

  #bounds(): readonly string[] {
    return this.#kept.flatMap((name) => {
      const type = this.#spec.variables.find((variable) => variable.name === name)?.type
      if (type === 'counter') return [`v_${name} <= Bound`]
      if (type === 'int' || type === 'number') return [`v_${name} \\in (-Bound)..Bound`]
      if (type === 'list') return [`Len(v_${name}) <= Bound`]
      return type === 'set' ? [`Cardinality(v_${name}) <= Bound`] : []
    })
  }

  /** Every text that some guard, effect or invariant mentions. */
  #texts(): ReadonlySet<string> {
    const { actions, invariants } = this.#spec
    const guards = actions.flatMap(({ guard }) => (guard === undefined ? [] : [guard]))
    const said = [...guards, ...invariants.map(({ assert }) => assert)].map(printExpression).join(' ')
    const texts = new Set(
      [...said.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, text]) => (text ?? '').replaceAll(/\\(.)/g, '$1')),
    )
    texts.delete('')
    return texts
  }
}

interface Operator {
  readonly operator: string
  readonly text: string
  readonly isFair?: boolean
}

function inStatus(statuses: readonly string[]): string {
  return `status \\in {${statuses.map((status) => JSON.stringify(status)).join(', ')}}`
}

const header: readonly string[] = [
  'EXTENDS Integers, Sequences, FiniteSets, TLC',
  '',
  '\\* Numbers and lists up to here are explored.',
  'CONSTANT Bound',
  '',
  'Null == "#null"',
  'NotBelowZero(n) == IF n < 0 THEN 0 ELSE n',
  'Range(s) == {s[i] : i \\in DOMAIN s}',
  'RemoveAt(s, i) == SubSeq(s, 1, i) \\o SubSeq(s, i + 2, Len(s))',
  'RemoveFirst(s, x) ==',
  '  IF x \\notin Range(s) THEN s',
  '  ELSE RemoveAt(s, (CHOOSE i \\in DOMAIN s : s[i] = x /\\ \\A j \\in 1..(i - 1) : s[j] /= x) - 1)',
  '',
]
