// Deadlock and `has_actions`: states in which every command is refused. A state in which it is not certain that some
// command is accepted is tried on the real entity.
import { deletedStatus } from '@perdure/core'
import type { EntityState } from '@perdure/core'
import { ValueMaker } from '../concrete/make-values.ts'
import { commandsFor } from '../concrete/make-commands.ts'
import { enabledBits, statusOf } from '../explore/exploration.ts'
import { cutShort, maxTries } from './checking.ts'
import type { Checking, Judgement } from './checking.ts'

/** Judges whether an entity can get stuck outside its terminal statuses and those it may stay in. */
export function checkDeadlock(checking: Checking): Judgement {
  const { spec, exploration } = checking
  const { terminal } = exploration.abstract.model
  const exempt = new Set([...terminal, ...spec.allowIndefiniteStates])
  return judge(checking, 'deadlock', '', (status) => !exempt.has(status))
}

/** Judges every liveness property that asks for actions. */
export function checkHasActions(checking: Checking): readonly Judgement[] {
  return checking.spec.liveness
    .filter(({ hasActions }) => hasActions === true)
    .map(({ name, from }) => {
      const statuses = new Set(from.filter((status) => status !== deletedStatus))
      return judge(checking, 'has_actions', name, (status) => statuses.has(status))
    })
}

function judge(
  checking: Checking,
  kind: 'deadlock' | 'has_actions',
  name: string,
  isAsked: (status: string) => boolean,
): Judgement {
  const { exploration, replayer } = checking
  let [tries, doubts] = [0, 0]
  for (let id = 0; id < exploration.expanded; id++) {
    const enabled = exploration.enabled[id] ?? 0
    if ((enabled & enabledBits.sure) !== 0 || !isAsked(statusOf(exploration, id))) continue
    doubts++
    if (++tries > maxTries) break
    const run = replayer.run(id)
    if (run === undefined) continue
    const refusals = refusalsIn(checking, run.state)
    if (refusals === undefined) continue
    const message = `every command is refused in ${run.state.status}: ${refusals}`
    return { kind, name, status: 'violated', message, trace: run.trace }
  }
  if (doubts > 0) {
    const message = 'whether some command is always accepted depends on what the model leaves out'
    return { kind, name, status: 'inconclusive', message }
  }
  return exploration.limit === undefined
    ? { kind, name, status: 'holds', message: 'some command is always accepted' }
    : { kind, name, status: 'inconclusive', message: cutShort }
}

/** Why each action is refused; undefined when one is accepted. */
export function refusalsIn(
  { exploration, replayer }: Checking,
  state: EntityState,
  isAsked: (action: string) => boolean = () => true,
): string | undefined {
  const maker = new ValueMaker()
  const reasons = new Map<string, string>()
  for (const plan of exploration.abstract.actions.filter(({ name }) => isAsked(name))) {
    for (const choice of plan.choices) {
      for (const { action, params, related } of commandsFor(plan, choice, state, maker)) {
        const outcome = replayer.entity.ask(state, action, params, related)
        if (outcome.kind === 'accepted') return undefined
        const { code, message } = outcome.rejection
        if (code !== 'wrong_status' && !reasons.has(action)) reasons.set(action, withoutEntity(message))
      }
    }
  }
  return [...reasons.values()].join('; ') || `no action starts in ${state.status}`
}

/** Messages begin with the entity they are about, which here is always the same. */
function withoutEntity(message: string): string {
  return message.replace(/^\S+: /, '')
}
