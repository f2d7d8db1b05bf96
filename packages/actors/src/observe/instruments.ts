// What a host reports, as data: the list that its code takes its names from and that the documentation is held to.

import { consumerInstruments } from '@perdure/core'
import type { Instrument } from '@perdure/core'

type InstrumentKey =
  | keyof typeof consumerInstruments
  | 'ask'
  | 'decide'
  | 'queueWait'
  | 'commit'
  | 'load'
  | 'replay'
  | 'hydrate'
  | 'conflicts'
  | 'events'
  | 'forward'
  | 'takeovers'

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
  forward: {
    name: 'perdure.forward',
    kind: 'operation',
    description: 'A command is sent to the host that has its entity, until that has answered.',
    attributes: ['perdure.type', 'perdure.outcome'],
  },
  takeovers: {
    name: 'perdure.takeovers',
    kind: 'counter',
    description: 'Entities taken over from a host that is gone or did not answer.',
    attributes: [],
  },
  ...consumerInstruments,
}
