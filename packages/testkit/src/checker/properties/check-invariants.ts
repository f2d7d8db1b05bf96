// Invariants: asked of every state in the search; a suspect is guilty only when a real run shows it.
import type { EntityState, InvariantSpec } from '@perdure/core'
import { printExpression } from '@perdure/core'
import { relatedIn } from '../abstraction/cone.ts'
import type { RealRun } from '../concrete/replay.ts'
import type { Suspect } from '../explore/exploration.ts'
import { cutShort, unconfirmed } from './checking.ts'
import type { Checking, Judgement } from './checking.ts'

/** Judges every declared invariant. */
export function checkInvariants(checking: Checking): readonly Judgement[] {
  return checking.spec.invariants.map((invariant, index) => judge(checking, invariant, index))
}

function judge(checking: Checking, invariant: InvariantSpec, index: number): Judgement {
  const { exploration } = checking
  const { name } = invariant
  const suspects = exploration.suspects[index] ?? []
  for (const suspect of suspects) {
    const run = confirm(checking, index, suspect)
    if (run === undefined) continue
    const message = describe(invariant, run)
    return { kind: 'invariant', name, status: 'violated', message, trace: run.trace }
  }
  if (suspects.length > 0) {
    const message =
      relatedIn(invariant.assert).length > 0
        ? 'it reads the status of other entities, which the check of one entity does not know'
        : unconfirmed
    return { kind: 'invariant', name, status: 'inconclusive', message }
  }
  return exploration.limit === undefined
    ? { kind: 'invariant', name, status: 'holds', message: 'holds in every reachable state' }
    : { kind: 'invariant', name, status: 'inconclusive', message: cutShort }
}

function confirm(checking: Checking, index: number, suspect: Suspect): RealRun | undefined {
  const { replayer } = checking
  const isViolated = (state: EntityState): boolean => !replayer.entity.holds(index, state)
  if (suspect.parent === -1) {
    const id = initialId(checking, suspect)
    const run = id === undefined ? undefined : replayer.run(id)
    return run !== undefined && isViolated(run.state) ? run : undefined
  }
  return replayer.run(suspect.parent, [{ edge: suspect.edge }], (_outcome, next) => isViolated(next))
}

function initialId({ exploration, replayer }: Checking, { cells }: Suspect): number | undefined {
  for (let id = 0; exploration.parents[id] === -1; id++)
    if (replayer.cellsOf(id).every((cell, digit) => cell === cells[digit])) return id
  return undefined
}

function describe({ assert, when }: InvariantSpec, { trace, state }: RealRun): string {
  const scope = when === undefined ? '' : ` (asked in ${when.join(', ')})`
  const last = trace.steps.at(-1)
  const what = `${printExpression(assert)}${scope} is false in ${state.status}`
  if (last === undefined) {
    return `${what}: the initial values violate it; creation must bring fields that satisfy it`
  }
  const ending =
    last.refusal === undefined
      ? ''
      : '; at run time that command is refused because of it, so a guard should say no first'
  return `${what} after ${last.action}${ending}`
}
