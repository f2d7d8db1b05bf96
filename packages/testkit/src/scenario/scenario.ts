// Examples of a spec: given what has happened, when something is asked, then this follows. The model alone decides; time
// is virtual, and timers fire when it passes them.
import { adoptJson, compileModel, decide, decodeContent, evolve, unborn } from '@perdure/core'
import type {
  Command,
  EntityEvent,
  EntityModel,
  EntitySpec,
  EntityState,
  JsonObject,
  JsonValue,
  Rejection,
  RejectionCode,
} from '@perdure/core'
import { startOfTime } from '../arbitraries/history.ts'
import { Violation, demand, textOf } from '../properties/violation.ts'
import { nextDue, timersAfter, timersAfterFiring } from './timers.ts'
import type { Timer } from './timers.ts'

/** Something that has happened: an action, one with params, or a whole event from a log. `Created` may come first. */
export type GivenEvent =
  string | readonly [action: string, params: Readonly<Record<string, unknown>>] | EntityEvent

/** What is expected of an event; what is left out is not looked at. */
export type ExpectedEvent =
  string | Partial<Pick<EntityEvent, 'action' | 'from' | 'to' | 'params' | 'effects'>>

/** How a scenario begins. */
export interface ScenarioOptions {
  /** Epoch milliseconds. @defaultValue 14 November 2023 */
  readonly startAt?: number
  /** Ceiling of fields whose spec sets none. @defaultValue 131072 */
  readonly inlineMaxBytes?: number
}

interface Story {
  readonly model: EntityModel
  readonly now: number
  readonly state: EntityState
  readonly contents: ReadonlyMap<string, JsonValue>
  readonly related: ReadonlyMap<string, string | null>
  readonly timers: readonly Timer[]
  /** What the newest command, or time, came to. */
  readonly events: readonly EntityEvent[]
  readonly rejection: Rejection | undefined
}

/** Begins an example of a spec. */
export function scenario(spec: EntitySpec, options: ScenarioOptions = {}): Scenario {
  const { startAt = startOfTime, inlineMaxBytes } = options
  const model = compileModel(spec, inlineMaxBytes === undefined ? {} : { inlineMaxBytes })
  return new Scenario({
    model,
    now: startAt,
    state: unborn,
    contents: new Map(),
    related: new Map(),
    timers: [],
    events: [],
    rejection: undefined,
  })
}

/** One example, so far. Every step gives a new one; what one is built on stays as it was, and may be gone on from again. */
export class Scenario {
  readonly #story: Story

  /** @internal */
  constructor(story: Story) {
    this.#story = story
  }

  /** The state as it is now. */
  get state(): EntityState {
    return this.#story.state
  }

  /** The fields as they are now, overflowed ones with their values; what has expired is not there. */
  get fields(): Readonly<Record<string, JsonValue>> {
    const { state, contents, now } = this.#story
    const fields: Record<string, JsonValue> = { ...state.fields }
    for (const [field, { hash, expiresAt }] of Object.entries(state.refs)) {
      const value = contents.get(hash)
      const hasExpired = expiresAt !== undefined && expiresAt <= now
      if (value !== undefined && !hasExpired) fields[field] = value
    }
    return fields
  }

  /** Says what has happened before. @throws Violation if it cannot have happened */
  given(events: readonly GivenEvent[]): Scenario {
    return new Scenario(events.reduce(happen, this.#story))
  }

  /** Says what the statuses of other entities are, by `Type/id`; null where there is none. */
  where(related: Readonly<Record<string, string | null>>): Scenario {
    return new Scenario({ ...this.#story, related: new Map(Object.entries(related)) })
  }

  /** Asks for an action of the entity, which is created first if nothing was given. */
  when(action: string, params: Readonly<Record<string, unknown>> = {}): Scenario {
    const story = born(this.#story)
    return new Scenario(play(story, { kind: 'action', action, params: adopted(action, params), meta: {} }))
  }

  /** Creates the entity with fields. */
  whenCreated(fields: Readonly<Record<string, unknown>> = {}): Scenario {
    return new Scenario(play(this.#story, { kind: 'create', fields: adopted('Created', fields), meta: {} }))
  }

  /** Sets fields directly. */
  whenFieldsUpdated(fields: Readonly<Record<string, unknown>>): Scenario {
    const command: Command = { kind: 'updateFields', fields: adopted('FieldsUpdated', fields), meta: {} }
    return new Scenario(play(born(this.#story), command))
  }

  /** Deletes the entity. */
  whenDeleted(): Scenario {
    return new Scenario(play(born(this.#story), { kind: 'delete', meta: {} }))
  }

  /** Lets time pass. Timers that fall due ask for their actions, in order. */
  after(time: { readonly seconds: number }): Scenario {
    const until = this.#story.now + time.seconds * 1_000
    let story: Story = { ...this.#story, events: [], rejection: undefined }
    for (
      let timer = nextDue(story.timers, until);
      timer !== undefined;
      timer = nextDue(story.timers, until)
    ) {
      const { events } = story
      const due = {
        ...story,
        now: Math.max(timer.dueAt, story.now),
        timers: timersAfterFiring(story.timers, timer),
      }
      story = play(due, { kind: 'action', action: timer.action, params: timer.params, meta: {} })
      story = { ...story, events: [...events, ...story.events] }
    }
    return new Scenario({ ...story, now: until })
  }

  /** The command was refused with this code, and with a message that holds, or matches, this text. @throws Violation */
  thenRejected(code: RejectionCode, message: string | RegExp = ''): Scenario {
    const { rejection, events } = this.#story
    demand(rejection !== undefined, () => `expected a refusal (${code}), and ${namesOf(events)} happened`)
    demand(
      rejection.code === code,
      `expected a refusal (${code}), and it was ${rejection.code}: ${rejection.message}`,
    )
    const isSaid =
      typeof message === 'string' ? rejection.message.includes(message) : message.test(rejection.message)
    demand(isSaid, `expected the refusal to say ${String(message)}, and it says: ${rejection.message}`)
    return this
  }

  /** This happened, and nothing else; of several expected events, in this order. @throws Violation */
  thenEvent(...expected: readonly ExpectedEvent[]): Scenario {
    const { rejection, events } = this.#story
    demand(
      rejection === undefined || events.length > 0,
      () => `expected an event, and it was refused: ${rejection?.message}`,
    )
    demand(
      events.length === expected.length,
      () => `expected ${expected.length} events, and ${namesOf(events)} happened`,
    )
    for (const [index, event] of events.entries()) {
      const wanted = expected[index] ?? {}
      expectPart(event, typeof wanted === 'string' ? { action: wanted } : wanted, `event ${event.sequence}`)
    }
    return this
  }

  /** Nothing happened: no event, and nothing was asked that could be refused. @throws Violation */
  thenNothing(): Scenario {
    const { rejection, events } = this.#story
    demand(events.length === 0, () => `expected nothing, and ${namesOf(events)} happened`)
    demand(rejection === undefined, () => `expected nothing, and was refused: ${rejection?.message}`)
    return this
  }

  /** The entity has these fields now, `status` among them; what is left out is not looked at. @throws Violation */
  thenState(expected: Readonly<Record<string, unknown>>): Scenario {
    expectPart(this.fields, expected, 'the state')
    return this
  }
}

function happen(story: Story, given: GivenEvent): Story {
  if (typeof given === 'object' && 'sequence' in given) return apply(story, given)
  const [name, params] = typeof given === 'string' ? [given, {}] : given
  const values = adopted(name, params)
  const played =
    name === 'Created'
      ? play(story, { kind: 'create', fields: values, meta: {} })
      : play(born(story), { kind: 'action', action: name, params: values, meta: {} })
  demand(
    played.rejection === undefined,
    () => `given ${name} cannot have happened: ${played.rejection?.message}`,
  )
  return played
}

/** An entity comes into being by the first thing that is said of it. */
function born(story: Story): Story {
  if (story.state.version > 0) return story
  const created = play(story, { kind: 'create', fields: {}, meta: {} })
  demand(created.rejection === undefined, () => `it cannot be created: ${created.rejection?.message}`)
  return created
}

function play(story: Story, command: Command): Story {
  const { model, state, now, contents, related } = story
  const context = {
    entity: { tenant: 'default', type: model.name, id: 'e0' },
    now,
    eventId: `event-${state.version + 1}`,
    spawnId: (index: number) => `child-${state.version + 1}-${index}`,
  }
  let decision = decide(model, state, command, context)
  if (decision.kind === 'needs') {
    const statuses = [...decision.needs.related.keys()].map((key) => [key, related.get(key) ?? null] as const)
    decision = decide(model, state, command, {
      ...context,
      knowledge: { contents, related: new Map(statuses) },
    })
  }
  switch (decision.kind) {
    case 'event':
      return apply(story, decision.event)
    case 'rejection':
      return { ...story, events: [], rejection: decision.rejection }
    case 'needs':
      throw new Violation(`the decision needs what no scenario has: ${[...decision.needs.fields].join(', ')}`)
  }
}

function apply(story: Story, event: EntityEvent): Story {
  const { model } = story
  const { state, overflow } = evolve(model, story.state, [event])
  const contents = new Map(story.contents)
  for (const { hash, bytes } of overflow) contents.set(hash, decodeContent(bytes))
  const timers = timersAfter(model.spec, story.timers, event)
  const now = Math.max(story.now, event.at)
  return { ...story, state, contents, timers, now, events: [event], rejection: undefined }
}

function adopted(name: string, value: Readonly<Record<string, unknown>>): JsonObject {
  const result = adoptJson(value, 256)
  demand(result.ok, () => `the params of ${name} are not JSON: ${result.ok ? '' : result.problem.reason}`)
  return result.value as JsonObject
}

function expectPart(actual: object, expected: object, what: string): void {
  for (const [name, wanted] of Object.entries(expected) as [string, unknown][]) {
    const seen: unknown = Object.hasOwn(actual, name) ? (actual as Record<string, unknown>)[name] : undefined
    const isSame =
      wanted === undefined || seen === undefined ? wanted === seen : textOf(seen) === textOf(wanted)
    demand(
      isSame,
      () => `${what}: ${name} is ${JSON.stringify(seen)}, and should be ${JSON.stringify(wanted)}`,
    )
  }
}

function namesOf(events: readonly EntityEvent[]): string {
  return events.length === 0 ? 'nothing' : events.map(({ action }) => action).join(', ')
}
