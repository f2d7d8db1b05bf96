// What is to become of the next command of a running entity. Decides, looks up what must be known for that, and finds out
// whether a refusal can be relied on; carries nothing out and settles nobody.
import { PerdureError, StorageError } from '@perdure/core'
import type { EntityKey, EntityModel, Knowledge, Needs } from '@perdure/core'
import type { CommandOutcome, CommandRequest } from './command-request.ts'
import { decideCommand } from './decide-command.ts'
import type { EntityDeps } from './entity-deps.ts'
import type { EntityWrites } from './entity-writes.ts'
import { unavailable } from './failures.ts'
import { findKnowledge } from './find-knowledge.ts'
import { findFirstOutcome, reuseProblem } from './idempotency.ts'
import type { PendingCommand, PendingEvent } from './pending-command.ts'

/** What a command is judged on. */
export interface Grounds {
  readonly entity: EntityKey
  readonly model: EntityModel
  readonly deps: EntityDeps
  readonly writes: EntityWrites
}

/** What is to become of a command. */
export type Verdict =
  /** Decided; the outcome is certain once what is on its way is. */
  | PendingCommand
  /** Certain already. */
  | { readonly kind: 'outcome'; readonly outcome: CommandOutcome }
  /** What this host knows of the entity may be old: it must be read afresh first. */
  | { readonly kind: 'outdated' }
  /** Something must be looked up first; never fails. The verdict is to be asked for in the step in which it is carried out. */
  | { readonly kind: 'lookUp'; readonly find: () => Promise<() => Verdict> }

/** Judges a command by the newest state, after looking whether it has been decided before. */
export function judgeCommand(grounds: Grounds, request: CommandRequest): Verdict {
  const { writes } = grounds
  const { idempotencyKey } = request.command.meta
  if (idempotencyKey === undefined) return decideOn(grounds, request)
  const first = writes.findEvent(idempotencyKey)
  if (first !== undefined) return repeat(grounds, request, first)
  if (writes.processedState.version === 0) return decideOn(grounds, request)
  return lookUp(grounds, request, () => findRepeated(grounds, request, idempotencyKey))
}

function decideOn(grounds: Grounds, request: CommandRequest, knowledge: Knowledge = {}): Verdict {
  const { deps, model, entity, writes } = grounds
  const { processedState: state, processedBytes: stateBytes } = writes
  const { command } = request
  const decided = decideCommand({ deps, model, entity, state, stateBytes, command, knowledge })
  switch (decided.kind) {
    case 'event':
      return { request, ...decided }
    case 'refusal':
      return refuse(grounds, request, decided.error)
    case 'needs':
      return lookUp(grounds, request, () => fetchKnowledge(grounds, request, decided.needs, knowledge))
  }
}

/** The command is on its way already, under the same key. */
function repeat(grounds: Grounds, request: CommandRequest, first: PendingEvent): Verdict {
  const error = reuseProblem(grounds.model, grounds.entity, request.command, first.event)
  return error === undefined ? { kind: 'repeat', request, of: first } : refuse(grounds, request, error)
}

async function findRepeated(
  grounds: Grounds,
  request: CommandRequest,
  idempotencyKey: string,
): Promise<() => Verdict> {
  const { deps, model, entity, writes } = grounds
  const { command } = request
  const found = await findFirstOutcome(deps, model, entity, command, idempotencyKey, writes.committedState)
  return found === undefined ? () => decideOn(grounds, request) : () => ({ kind: 'outcome', outcome: found })
}

async function fetchKnowledge(
  grounds: Grounds,
  request: CommandRequest,
  needs: Needs,
  known: Knowledge,
): Promise<() => Verdict> {
  const { deps, model, entity, writes } = grounds
  const pendingContent = (hash: string) => writes.findContent(hash)
  const state = writes.processedState
  const found = await findKnowledge(deps, model, entity, state, pendingContent, needs, known)
  return () => decideOn(grounds, request, found)
}

/**
 * Refuses a command. Where others write too, what this host knows may be old: unless it was read after the command was
 * asked, one look at the head tells; what commits in front of the refusal tells as well.
 */
function refuse(grounds: Grounds, request: CommandRequest, error: PerdureError): Verdict {
  const { deps, writes } = grounds
  const isSure = request.isFresh === true || writes.size > 0 || writes.isAssumed
  const isFinal = writes.committedState.deletedAt !== undefined
  if (isSure || isFinal || !deps.storage.capabilities.shared) return refuseForGood(grounds, request, error)
  return lookUp(grounds, request, () => lookAgain(grounds, request, error))
}

async function lookAgain(
  grounds: Grounds,
  request: CommandRequest,
  error: PerdureError,
): Promise<() => Verdict> {
  const head = await grounds.deps.heads.read(grounds.entity)
  return () => {
    request.isFresh = true
    const isCurrent = (head?.version ?? 0) <= grounds.writes.committedState.version
    return isCurrent ? refuseForGood(grounds, request, error) : { kind: 'outdated' }
  }
}

/** Tells of a refusal once it is certain that it must be: on what has committed, at once; else when that has. */
function refuseForGood({ writes }: Grounds, request: CommandRequest, error: PerdureError): Verdict {
  if (writes.isAssumed && writes.size === 0) return { kind: 'outdated' }
  // Who wants to hear before it is certain hears now, and for good: he must not be told no and then have it happen.
  const isImpatient = request.acknowledge !== undefined && !writes.isAssumed
  if (writes.size === 0 || isImpatient) return { kind: 'outcome', outcome: { ok: false, error } }
  return { kind: 'refusal', request, error }
}

/** A look that fails refuses its command. */
function lookUp(grounds: Grounds, request: CommandRequest, find: () => Promise<() => Verdict>): Verdict {
  const refused = (error: unknown) => (): Verdict => {
    const isKnown = error instanceof PerdureError && !(error instanceof StorageError)
    return refuseForGood(grounds, request, isKnown ? error : unavailable(grounds.entity, error))
  }
  return { kind: 'lookUp', find: () => find().catch(refused) }
}
