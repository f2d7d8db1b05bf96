import type { ActionSpec, ParamSpec } from '../spec/action-spec.ts'
import { compileTest } from './evaluate-expression.ts'
import type { CompiledTest } from './evaluate-expression.ts'

/** One compiled rule. */
export interface RuleModel {
  readonly spec: ActionSpec
  readonly guard?: CompiledTest
  readonly params: ReadonlyMap<string, ParamSpec>
  /** Names of the params that stay out of fields; absent when there is none. */
  readonly transient?: readonly string[]
  /** The params that are amounts; absent when there is none. */
  readonly amounts?: readonly ParamSpec[]
  /** Variables that an effect of the rule writes. */
  readonly written: ReadonlySet<string>
}

/** All rules of one action. */
export interface ActionModel {
  readonly name: string
  /** Every declaration of each param, over all rules. */
  readonly params: ReadonlyMap<string, readonly ParamSpec[]>
  /** The rules that may apply in a status, in file order; a status that no rule fits is left out. */
  readonly rulesByStatus: ReadonlyMap<string, readonly RuleModel[]>
  readonly rules: readonly RuleModel[]
}

/** Arranges rules by action and status. A rule without `from` fits every status that is not terminal. */
export function buildTransitionTable(
  actions: readonly ActionSpec[],
  states: readonly string[],
  terminal: ReadonlySet<string>,
): ReadonlyMap<string, ActionModel> {
  const rules = new Map<string, RuleModel[]>()
  for (const spec of actions) {
    if (spec.kind === 'output') continue
    const sameName = rules.get(spec.name)
    if (sameName === undefined) rules.set(spec.name, [compileRule(spec)])
    else sameName.push(compileRule(spec))
  }
  const live = states.filter((state) => !terminal.has(state))
  const order = new Map(states.map((state, index) => [state, index]))
  return new Map(Array.from(rules, ([name, own]) => [name, compileAction(name, own, order, live)]))
}

function compileRule(spec: ActionSpec): RuleModel {
  const transient = spec.params.filter((param) => param.transient).map((param) => param.name)
  const amounts = spec.params.filter((param) => param.amount)
  return {
    spec,
    ...(spec.guard === undefined ? {} : { guard: compileTest(spec.guard) }),
    params: new Map(spec.params.map((param) => [param.name, param])),
    ...(transient.length === 0 ? {} : { transient }),
    ...(amounts.length === 0 ? {} : { amounts }),
    written: new Set(spec.effects.flatMap((effect) => ('variable' in effect ? [effect.variable] : []))),
  }
}

function compileAction(
  name: string,
  rules: readonly RuleModel[],
  order: ReadonlyMap<string, number>,
  live: readonly string[],
): ActionModel {
  const params = new Map<string, ParamSpec[]>()
  for (const { spec } of rules) {
    for (const param of spec.params) params.set(param.name, [...(params.get(param.name) ?? []), param])
  }
  return { name, rules, params, rulesByStatus: groupByStatus(rules, order, live) }
}

/** Costs what the rules name, not actions times statuses: a spec may have thousands of either. */
function groupByStatus(
  rules: readonly RuleModel[],
  order: ReadonlyMap<string, number>,
  live: readonly string[],
): ReadonlyMap<string, readonly RuleModel[]> {
  const groups = new Map<string, RuleModel[]>()
  for (const rule of rules) {
    for (const status of new Set(rule.spec.from.length === 0 ? live : rule.spec.from)) {
      const group = groups.get(status)
      if (group === undefined) groups.set(status, [rule])
      else group.push(rule)
    }
  }
  const known = Array.from(groups).filter(([status]) => order.has(status))
  return new Map(known.sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0)))
}
