// Reading a long history to its end.
import { readOn } from '@perdure/core'
import type { EntityEvent, EventPage, PageRange } from '@perdure/core'
import { describe, expect, it } from 'vitest'

/** Pages of two numbered events, and a note of everything that is done with them. */
function pagesOfTwo(notes: string[], goneFrom: number) {
  return async ({ fromSequence, toSequence }: PageRange): Promise<EventPage | undefined> => {
    notes.push(`ask ${fromSequence}`)
    if (fromSequence >= goneFrom) return undefined
    const last = Math.min(fromSequence + 1, toSequence)
    return {
      last,
      decode: async function* () {
        notes.push(`decode ${fromSequence}`)
        for (let sequence = fromSequence; sequence <= last; sequence++) yield [{ sequence } as EntityEvent]
      },
    }
  }
}

async function readAll(fromSequence: number, toSequence: number, goneFrom = Infinity) {
  const notes: string[] = []
  const sequences: number[] = []
  const read = pagesOfTwo(notes, goneFrom)
  const isWhole = await readOn(read, { fromSequence, toSequence }, (events) => {
    for (const { sequence } of events) sequences.push(sequence)
  })
  return { isWhole, sequences, notes }
}

describe('reading on', () => {
  it.each([
    [1, 5, [1, 2, 3, 4, 5]],
    [3, 6, [3, 4, 5, 6]],
    [4, 4, [4]],
    [1, 0, []],
  ])('hands out the events from %i to %i in order', async (from, to, expected) => {
    expect(await readAll(from, to)).toMatchObject({ isWhole: true, sequences: expected })
  })

  it('asks for the next page before it decodes the one in hand, and never for one more', async () => {
    const { notes } = await readAll(1, 6)
    expect(notes).toEqual(['ask 1', 'ask 3', 'decode 1', 'ask 5', 'decode 3', 'decode 5'])
  })

  it('ends when the events are gone', async () => {
    expect(await readAll(1, 6, 5)).toMatchObject({ isWhole: false, sequences: [1, 2, 3, 4] })
  })

  it('rejects with what a page rejects with, and leaves no rejection behind of the one after it', async () => {
    const read = async ({ fromSequence }: PageRange): Promise<EventPage> => {
      if (fromSequence > 1) throw new Error('the second page')
      return {
        last: 2,
        // oxlint-disable-next-line require-yield -- it has nothing to give
        decode: async function* () {
          throw new Error('the first page')
        },
      }
    }
    await expect(readOn(read, { fromSequence: 1, toSequence: 9 }, () => {})).rejects.toThrow('the first page')
  })
})
