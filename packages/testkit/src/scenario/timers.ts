// The timers of one entity in a scenario: actions that effects have scheduled, and statuses that time out. Pure: events in,
// what falls due out.
import type { EntityEvent, EntitySpec, JsonObject, StateTimeoutSpec } from '@perdure/core'

/** An action that will be asked by itself. */
export interface Timer {
  readonly action: string
  readonly params: JsonObject
  /** Epoch milliseconds. */
  readonly dueAt: number
  /** The timeout it comes from, and how often that has fired since the status was entered. */
  readonly timeout?: { readonly spec: StateTimeoutSpec; readonly fired: number }
}

/** The timers after an event: leaving a status ends its timeouts, entering one starts them, `resetOn` starts them anew. */
export function timersAfter(
  spec: EntitySpec,
  timers: readonly Timer[],
  event: EntityEvent,
): readonly Timer[] {
  const hasMoved = event.from !== event.to
  const kept = timers.filter(({ action, timeout }) => {
    if (timeout === undefined) return !isCancelled(event, action)
    const isReset = timeout.spec.resetOn.includes(event.action)
    return timeout.spec.state === event.to && !hasMoved && !isReset
  })
  const started = spec.stateTimeouts
    .filter(({ state, resetOn }) => state === event.to && (hasMoved || resetOn.includes(event.action)))
    .map((timeout) => startTimeout(timeout, event.at, 0))
  const scheduled = event.effects.flatMap((effect): Timer[] =>
    effect[1] === 'schedule' ? [{ action: effect[2], params: {}, dueAt: effect[3] }] : [],
  )
  return [...kept, ...started, ...scheduled]
}

/** The timers after one has fired: a timeout that may occur again starts again. */
export function timersAfterFiring(timers: readonly Timer[], fired: Timer): readonly Timer[] {
  const others = timers.filter((timer) => timer !== fired)
  const { timeout, dueAt } = fired
  if (timeout === undefined || timeout.fired + 1 >= timeout.spec.maxOccurrences) return others
  return [...others, startTimeout(timeout.spec, dueAt, timeout.fired + 1)]
}

/** The timer that fires first, if one is due by then; of several at one time the one that was set first. */
export function nextDue(timers: readonly Timer[], until: number): Timer | undefined {
  const due = timers.filter(({ dueAt }) => dueAt <= until)
  return due.length === 0
    ? undefined
    : due.reduce((first, other) => (other.dueAt < first.dueAt ? other : first))
}

function startTimeout(spec: StateTimeoutSpec, at: number, fired: number): Timer {
  const { onTimeout, args, afterSeconds } = spec
  return { action: onTimeout, params: args, dueAt: at + afterSeconds * 1_000, timeout: { spec, fired } }
}

function isCancelled(event: EntityEvent, action: string): boolean {
  return event.effects.some((effect) => effect[1] === 'cancel' && effect[2] === action)
}
