// Take, ack and nack against a model that is too simple to be wrong: a list of entries, searched by hand.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { PendingQueue } from '../src/persistence/pending-queue.ts'
import type { Taken } from '../src/persistence/pending-queue.ts'

interface ModelEntry {
  readonly key: string
  item: number
  /** What was taken and is being worked on. */
  working: number | undefined
}

type Step =
  | { readonly kind: 'put'; readonly key: string }
  | { readonly kind: 'take'; readonly most: number }
  | { readonly kind: 'ack' | 'nack'; readonly which: number }
  | { readonly kind: 'clear' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), most: fc.nat(4) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('ack' as const, 'nack' as const), which: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
)

it('a pending queue loses no item, hands none out twice and takes each key in its order, stale answers included', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const queue = new PendingQueue<string, number>()
      let model: ModelEntry[] = []
      // Every answer that was ever possible stays possible: acks and nacks may come late, and twice.
      const handedOut: Taken<string, number>[] = []
      let item = 0

      for (const now of steps) {
        switch (now.kind) {
          case 'put': {
            queue.put(now.key, ++item)
            const entry = model.find(({ key }) => key === now.key)
            if (entry === undefined) model.push({ key: now.key, item, working: undefined })
            else entry.item = item
            break
          }
          case 'take': {
            let room = now.most
            const taken = queue.take(() => room-- > 0)
            handedOut.push(...taken)
            const expected = model.filter(({ working }) => working === undefined).slice(0, now.most)
            expect(taken.map((each) => [each.key, each.item])).toEqual(
              expected.map((entry) => [entry.key, entry.item]),
            )
            for (const entry of expected) entry.working = entry.item
            break
          }
          case 'ack':
          case 'nack': {
            const taken = handedOut[now.which % Math.max(handedOut.length, 1)]
            if (taken === undefined) break
            queue[now.kind](taken)
            const entry = model.find(({ key, working }) => key === taken.key && working === taken.item)
            if (entry === undefined) break
            entry.working = undefined
            if (now.kind === 'nack') break
            model = model.filter((other) => other !== entry)
            if (entry.item !== taken.item) model.push(entry)
            break
          }
          case 'clear':
            expect(queue.clear()).toEqual(model.map((entry) => entry.item))
            model = []
        }
        expect(queue.size).toBe(model.length)
        expect(queue.waiting).toBe(model.filter(({ working }) => working === undefined).length)
      }
    }),
    { numRuns: 500 },
  )
})
