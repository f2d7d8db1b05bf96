// The author's own code in the middle of replay: it is handed a frozen copy, asked twice, and what it answers is checked.
import { createdAction, deletedAction, fieldsUpdatedAction } from '../entity/event.ts'
import type { EntityEvent } from '../entity/event.ts'
import { deletedStatus } from '../spec/reserved-names.ts'
import { adoptJson } from '../json/adopt-json.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import { formatPath } from '../json/format-path.ts'
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { effectProblem } from './effect-problem.ts'
import { UpcastFailed } from './upcast-error.ts'
import type { UpcastHook } from './upcast-model.ts'

/** Events nest their params this much deeper than a command does. */
const levelsAround = 4

/** What the hook makes of an event. @throws UpcastFailed when it throws, is not pure, or answers with what is no such event */
export function callHook(hook: UpcastHook, event: EntityEvent, maxNestingDepth: number): EntityEvent {
  const maxDepth = maxNestingDepth + levelsAround
  const given = adoptJson(event, maxDepth)
  if (!given.ok) throw new UpcastFailed(event, 'it is not JSON')
  const frozen = given.value as unknown as EntityEvent
  const answer = ask(hook, frozen, maxDepth)
  if (
    canonicalJson(answer as unknown as JsonValue) !==
    canonicalJson(ask(hook, frozen, maxDepth) as unknown as JsonValue)
  )
    throw new UpcastFailed(event, 'the hook answers differently when it is asked again; it must be pure')
  requireSame(event, answer)
  return answer
}

function ask(hook: UpcastHook, event: EntityEvent, maxDepth: number): EntityEvent {
  const answer = tryHook(hook, event)
  const adopted = adoptJson(answer, maxDepth)
  if (!adopted.ok) {
    const { path, reason } = adopted.problem
    throw new UpcastFailed(event, `the hook answers with ${formatPath('event', path)} that is ${reason}`)
  }
  const value = adopted.value as JsonObject
  const problem = shapeProblem(value)
  if (problem !== undefined) throw new UpcastFailed(event, `the hook answers with ${problem}`)
  return value as unknown as EntityEvent
}

function tryHook(hook: UpcastHook, event: EntityEvent): unknown {
  try {
    return hook(event)
  } catch (cause) {
    // What it says may hold values that nobody is to see in a log; it is there as the cause.
    throw new UpcastFailed(event, 'the hook threw', cause)
  }
}

/** Why this is no event, as far as the hook may change one; undefined when it is. */
function shapeProblem(value: JsonValue): string | undefined {
  if (!isObject(value)) return 'what is no object'
  const { action, from, to, params, paramRefs, transient, effects } = value
  if (typeof action !== 'string' || typeof from !== 'string' || typeof to !== 'string')
    return 'an event whose action, from or to is no string'
  if (!isObject(params)) return 'an event whose params are no object'
  if (paramRefs !== undefined && !(isObject(paramRefs) && Object.values(paramRefs).every(isContent)))
    return 'an event whose paramRefs are no content references'
  if (
    transient !== undefined &&
    !(Array.isArray(transient) && transient.every((name) => typeof name === 'string'))
  )
    return 'an event whose transient is no list of names'
  if (!Array.isArray(effects)) return 'an event whose effects are no list'
  return effects.map((effect: JsonValue) => effectProblem(effect)).find((problem) => problem !== undefined)
}

const changeable: ReadonlySet<string> = new Set([
  'action',
  'from',
  'to',
  'params',
  'paramRefs',
  'transient',
  'effects',
])
const frameworkActions: ReadonlySet<string> = new Set([createdAction, fieldsUpdatedAction, deletedAction])

/** What an event is, beside what happened in it, is not the hook's to change. */
function requireSame(event: EntityEvent, answer: EntityEvent): void {
  const before = new Map(Object.entries(event))
  const after = new Map(Object.entries(answer))
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (changeable.has(name)) continue
    if (canonicalJson(asJson(before.get(name))) !== canonicalJson(asJson(after.get(name))))
      throw new UpcastFailed(event, `the hook changes "${name}", which is not its to change`)
  }
  const isOwn = frameworkActions.has(event.action) || frameworkActions.has(answer.action)
  if (isOwn && event.action !== answer.action)
    throw new UpcastFailed(event, `the hook makes ${answer.action} of ${event.action}`)
  if ((event.to === deletedStatus) !== (answer.to === deletedStatus))
    throw new UpcastFailed(event, 'the hook makes a tombstone, or takes one away')
}

function asJson(value: unknown): JsonValue {
  return (value ?? null) as JsonValue
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isContent(value: JsonValue): boolean {
  return isObject(value) && typeof value['hash'] === 'string' && typeof value['size'] === 'number'
}
