import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { AgingMap } from '../src/queue/aging-map.ts'

const change = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key: fc.nat({ max: 5 }), value: fc.nat() }),
  fc.record({ kind: fc.constant('delete' as const), key: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('clear' as const) }),
)

it('an aging map holds what a map of the same changes holds, and knows which entry was set longest ago', () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const [aging, plain] = [new AgingMap<number, number>(), new Map<number, number>()]
      for (const each of changes) {
        if (each.kind === 'clear') {
          aging.clear()
          plain.clear()
        } else {
          plain.delete(each.key)
          if (each.kind === 'set') {
            aging.set(each.key, each.value)
            plain.set(each.key, each.value)
          } else aging.delete(each.key)
        }
        expect(aging.size).toBe(plain.size)
        expect(aging.oldest).toEqual([...plain][0])
        for (const key of [0, 1, 2, 3, 4, 5]) expect(aging.get(key)).toBe(plain.get(key))
      }
    }),
  )
})
