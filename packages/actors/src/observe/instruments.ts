// What a host reports, as data: the list that its code takes its names from and that the documentation is held to.

/** One thing that is reported. */
export interface Instrument {
  readonly name: string
  /** An operation takes time: a span, and a histogram of its duration in milliseconds. A counter counts. */
  readonly kind: 'operation' | 'counter'
  readonly description: string
  /** What it is told apart by, beside `error` for an operation that failed. */
  readonly attributes: readonly string[]
}

type InstrumentKey =
  'ask' | 'decide' | 'queueWait' | 'commit' | 'load' | 'replay' | 'hydrate' | 'conflicts' | 'events'

/** Everything that a host reports. */
export const instruments: Readonly<Record<InstrumentKey, Instrument>> = {
  ask: {
    name: 'perdure.ask',
    kind: 'operation',
    description: 'A command, from the call until its event has committed or it is refused.',
    attributes: ['perdure.type', 'perdure.action'],
  },
  decide: {
    name: 'perdure.decide',
    kind: 'operation',
    description: 'The spec is asked, and the state after the event is made.',
    attributes: ['perdure.type', 'perdure.action'],
  },
  queueWait: {
    name: 'perdure.queue_wait',
    kind: 'operation',
    description: 'A decided event waits for the commit that takes it along.',
    attributes: ['perdure.type', 'perdure.action'],
  },
  commit: {
    name: 'perdure.commit',
    kind: 'operation',
    description: 'A group of entities is committed in one transaction.',
    attributes: ['perdure.units', 'perdure.events'],
  },
  load: {
    name: 'perdure.load',
    kind: 'operation',
    description: 'An entity is read from storage: its snapshot and the events after it.',
    attributes: ['perdure.type', 'perdure.events'],
  },
  replay: {
    name: 'perdure.replay',
    kind: 'operation',
    description: 'A loaded entity is folded, and content that went missing is put back.',
    attributes: ['perdure.type', 'perdure.events'],
  },
  hydrate: {
    name: 'perdure.hydrate',
    kind: 'operation',
    description: 'The content of an overflowed field is read and verified.',
    attributes: [],
  },
  conflicts: {
    name: 'perdure.conflicts',
    kind: 'counter',
    description: 'Units that lost their entity to another host and were decided again.',
    attributes: [],
  },
  events: {
    name: 'perdure.events',
    kind: 'counter',
    description: 'Events committed.',
    attributes: [],
  },
}
