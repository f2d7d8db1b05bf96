import type { Instrument } from '../ports/instrument.ts'

type ConsumerInstrumentKey =
  'consume' | 'consumerEvents' | 'consumerFailures' | 'consumerBlocks' | 'consumerLag' | 'consumerLagMs'

const attributes: readonly string[] = ['perdure.consumer']

/** What consumers report. */
export const consumerInstruments: Readonly<Record<ConsumerInstrumentKey, Instrument>> = {
  consume: {
    name: 'perdure.consume',
    kind: 'operation',
    description: 'A batch is handled, and the checkpoint moved behind it.',
    attributes: ['perdure.consumer', 'perdure.events'],
  },
  consumerEvents: {
    name: 'perdure.consumer.events',
    kind: 'counter',
    description: 'Events that a consumer has handled.',
    attributes,
  },
  consumerFailures: {
    name: 'perdure.consumer.failures',
    kind: 'counter',
    description: 'Batches that a consumer could not handle, each try of each.',
    attributes,
  },
  consumerBlocks: {
    name: 'perdure.consumer.blocks',
    kind: 'counter',
    description: 'Times that a consumer was blocked, for every try had failed.',
    attributes,
  },
  consumerLag: {
    name: 'perdure.consumer.lag',
    kind: 'gauge',
    description: 'Positions between what a consumer has dealt with and the head of the log.',
    attributes,
  },
  consumerLagMs: {
    name: 'perdure.consumer.lag_ms',
    kind: 'gauge',
    description: 'Age of the oldest event that a consumer has read and not handled, milliseconds.',
    attributes,
  },
}
