// Statuses that are never reached, rules that never apply, guards that never or always hold, invariants that say nothing,
// terminal statuses that are left. What is never reached is proved by the search; what is reached, by a real run.
import { deletedStatus, printExpression } from '@perdure/core'
import type { ActionSpec, EntitySpec } from '@perdure/core'
import { statusOf } from '../explore/exploration.ts'
import type { Sighting } from '../explore/exploration.ts'
import { cutShort, unconfirmed } from './checking.ts'
import type { Checking, Judgement } from './checking.ts'

/** Judges the parts of a spec. */
export function checkStructure(checking: Checking): readonly Judgement[] {
  const { spec } = checking
  const rules = spec.actions.flatMap((rule, index) => (rule.kind === 'output' ? [] : [{ rule, index }]))
  return [
    checkTerminal(checking),
    ...checkStatuses(checking),
    ...rules.flatMap(({ rule, index }) => checkRule(checking, rule, index)),
    ...spec.invariants.map(({ name }, index) => checkVacuous(checking, name, index)),
  ]
}

/** A rule as messages name it: with its number when several share the name. */
export function nameRule(spec: EntitySpec, rule: ActionSpec): string {
  const same = spec.actions.filter(({ name, kind }) => name === rule.name && kind !== 'output')
  return same.length === 1 ? rule.name : `${rule.name} (rule ${same.indexOf(rule) + 1})`
}

function checkTerminal({ exploration, replayer }: Checking): Judgement {
  const sighting = exploration.terminalLeft
  const base = { kind: 'terminal', name: '' } as const
  if (sighting === undefined) {
    return exploration.limit === undefined
      ? { ...base, status: 'holds', message: 'no action leaves a terminal status' }
      : { ...base, status: 'inconclusive', message: cutShort }
  }
  const run = replayer.run(sighting.parent, [sighting])
  if (run === undefined) return { ...base, status: 'inconclusive', message: unconfirmed }
  const last = run.trace.steps.at(-1)
  const message = `${last?.action} leaves the terminal status ${last?.from} for ${last?.to}`
  return { ...base, status: 'violated', message, trace: run.trace }
}

function checkStatuses(checking: Checking): readonly Judgement[] {
  const { exploration, replayer, spec } = checking
  const first = new Map<string, number>()
  for (let id = 0; id < exploration.states.size && first.size < spec.states.length; id++) {
    const status = statusOf(exploration, id)
    if (!first.has(status)) first.set(status, id)
  }
  return spec.states
    .filter((status) => status !== deletedStatus)
    .map((name): Judgement => {
      const id = first.get(name)
      const kind = 'unreachable_state'
      if (id === undefined) return never(checking, { kind, name, message: `no run ever enters ${name}` })
      return replayer.run(id) === undefined
        ? { kind, name, status: 'inconclusive', message: unconfirmed }
        : { kind, name, status: 'holds', message: `${name} is reached` }
    })
}

function checkRule(checking: Checking, rule: ActionSpec, index: number): readonly Judgement[] {
  const { exploration, replayer, spec } = checking
  const name = nameRule(spec, rule)
  const firing = exploration.firings.get(index)
  const isReal = firing !== undefined && replayer.run(firing.parent, [reached(firing)]) !== undefined
  const judgements: Judgement[] = []
  if (firing === undefined) {
    judgements.push(never(checking, { kind: 'dead_action', name, message: `${name} never applies` }))
  } else {
    judgements.push(applies('dead_action', name, `${name} applies`, isReal))
  }
  const sight = exploration.guards.get(index)
  if (rule.guard === undefined || sight === undefined) return judgements
  const guard = printExpression(rule.guard)
  judgements.push(
    sight.mayHold
      ? applies('guard_never_true', name, `the guard of ${name} can be true`, isReal)
      : never(checking, {
          kind: 'guard_never_true',
          name,
          message: `the guard of ${name} is never true: ${guard}`,
        }),
    sight.failures.length > 0
      ? applies(
          'guard_never_false',
          name,
          `the guard of ${name} can be false`,
          replayer.canFail(index, sight),
        )
      : never(checking, {
          kind: 'guard_never_false',
          name,
          message: `the guard of ${name} is true whenever it is asked, so it could be left out: ${guard}`,
        }),
  )
  return judgements
}

function reached({ edge, cells }: Sighting): Sighting {
  return { parent: -1, edge, cells }
}

function applies(kind: Judgement['kind'], name: string, message: string, isReal: boolean): Judgement {
  return isReal
    ? { kind, name, status: 'holds', message }
    : { kind, name, status: 'inconclusive', message: unconfirmed }
}

function checkVacuous(checking: Checking, name: string, index: number): Judgement {
  const kind = 'vacuous_invariant'
  const sighting = checking.exploration.asked[index]
  if (sighting !== undefined) {
    // It may be asked of a state that it bars: what counts is that a run comes to ask.
    const isReal =
      sighting.parent === -1 || checking.replayer.run(sighting.parent, [sighting], () => true) !== undefined
    return applies(kind, name, `${name} is asked`, isReal)
  }
  const message = `${name} is never asked anything: its statuses, or the left side of its =>, do not occur`
  return never(checking, { kind, name, message })
}

/** What never happens is certain only when everything was seen. */
function never({ exploration }: Checking, found: Omit<Judgement, 'status'>): Judgement {
  return exploration.limit === undefined
    ? { ...found, status: 'violated' }
    : { ...found, status: 'inconclusive', message: cutShort }
}
