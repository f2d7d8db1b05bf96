import { describe, expect, it } from 'vitest'
import { adoptJson } from '@perdure/core'
import type { JsonProblem } from '@perdure/core'

function adopted(value: unknown): unknown {
  const result = adoptJson(value, 256)
  if (!result.ok) throw new Error(`refused: ${result.problem.reason}`)
  return result.value
}

function refusal(value: unknown, maxDepth = 256): JsonProblem {
  const result = adoptJson(value, maxDepth)
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.value)}`)
  return result.problem
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { child: value }
  return value
}

describe('adopting a value', () => {
  it('copies it, so that what the caller does to the original later has no effect', () => {
    const original = { list: [1, { deep: 'a' }] }
    const copy = adopted(original)
    original.list.push(2)
    ;(original.list[1] as { deep: string }).deep = 'b'
    expect(copy).toEqual({ list: [1, { deep: 'a' }] })
  })

  it('freezes the copy on every level and leaves the original as free as it was', () => {
    const original = { list: [1, { deep: 'a' }] }
    const copy = adopted(original) as typeof original
    expect([copy, copy.list, copy.list[1]].every((part) => Object.isFrozen(part))).toBe(true)
    expect(Object.isFrozen(original) || Object.isFrozen(original.list)).toBe(false)
  })

  it('takes frozen values, and objects without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, { a: Object.freeze([1]) })
    expect(adopted(Object.freeze(bare))).toEqual({ a: [1] })
  })

  it('takes the same object in two places, which is no cycle', () => {
    const shared = { a: 1 }
    expect(adopted([shared, shared, { again: shared }])).toEqual([{ a: 1 }, { a: 1 }, { again: { a: 1 } }])
  })

  it('keeps an own __proto__ member as a member and leaves prototypes alone', () => {
    const copy = adopted(JSON.parse('{"__proto__":{"admin":true}}')) as Record<string, unknown>
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(copy['admin']).toBeUndefined()
  })

  it('turns -0 into 0 on every level', () => {
    expect(Object.is(adopted(-0), 0)).toBe(true)
    expect(Object.is((adopted([{ zero: -0 }]) as [{ zero: number }])[0].zero, 0)).toBe(true)
  })

  it('takes 256 levels and no more', () => {
    expect(adopted(nested(256))).toEqual(nested(256))
    const { reason, path } = refusal(nested(257))
    expect(reason).toBe('nested deeper than 256 levels')
    expect(path).toHaveLength(256)
  })

  it('answers at once for 100,000 levels and for a list of a billion holes', () => {
    expect(refusal(nested(100_000)).reason).toMatch(/deeper/)
    const holes: unknown[] = []
    holes.length = 1_000_000_000
    expect(refusal(holes)).toEqual({ path: [0], reason: 'a hole in an array' })
  })
})

describe('refusing a value that JSON cannot say', () => {
  class Money {
    readonly amount = 1
  }
  const cases: readonly (readonly [what: string, value: unknown, reason: string])[] = [
    ['NaN', NaN, 'NaN'],
    ['Infinity', Infinity, 'Infinity'],
    ['-Infinity', -Infinity, '-Infinity'],
    ['undefined', undefined, 'undefined'],
    ['a bigint', 1n, 'a bigint'],
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('s'), 'a symbol'],
    ['a Date', new Date(0), 'an instance of Date'],
    ['a Map', new Map(), 'an instance of Map'],
    ['a boxed number', Object(1), 'an instance of Number'],
    ['bytes', new Uint8Array(1), 'an instance of Uint8Array'],
    ['an instance of a class', new Money(), 'an instance of Money'],
    ['an array of a subclass', new (class Rows extends Array {})(), 'an instance of Rows'],
    ['an object that inherits', Object.create({ inherited: 1 }), 'an object with a prototype of its own'],
    ['an object with symbol keys', { [Symbol('s')]: 1 }, 'an object with symbol keys'],
    [
      'an array with properties',
      Object.assign([1], { index: 0 }),
      'an array with properties beside its items',
    ],
  ]

  it.each(cases)('refuses %s at the root, in a list and in an object, and says where', (_, value, reason) => {
    expect(refusal(value)).toEqual({ path: [], reason })
    expect(refusal([0, value])).toEqual({ path: [1], reason })
    expect(refusal({ 'odd key': { list: [[value]] } })).toEqual({ path: ['odd key', 'list', 0, 0], reason })
  })

  it('refuses holes', () => {
    const list = [1]
    list[2] = 3
    expect(refusal({ list })).toEqual({ path: ['list', 1], reason: 'a hole in an array' })
  })

  it('refuses accessors without calling them', () => {
    let calls = 0
    const value = {
      get secret() {
        return ++calls
      },
    }
    expect(refusal([value])).toEqual({ path: [0, 'secret'], reason: 'an accessor property' })
    expect(calls).toBe(0)
  })

  it.each(['ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const)(
    'refuses a proxy whose %s throws, like any other value that is none of ours',
    (trap) => {
      const throws = (): never => {
        throw new Error('looked at')
      }
      const reason = 'an object that throws when it is looked at'
      const value = new Proxy({ a: 1 }, { [trap]: throws })
      expect(refusal({ value })).toEqual({ path: ['value'], reason })
      expect(refusal(value)).toEqual({ path: [], reason })
    },
  )

  it('refuses a proxy that throws at its second look only', () => {
    let looks = 0
    const value = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: (target, key) => {
          if (++looks > 1) throw new Error('looked at again')
          return Reflect.getOwnPropertyDescriptor(target, key)
        },
      },
    )
    expect(refusal([value])).toEqual({ path: [0, 'a'], reason: 'an object that throws when it is looked at' })
  })

  it('refuses toJSON, which would put another value in its place', () => {
    expect(refusal({ toJSON: () => 1 })).toEqual({ path: ['toJSON'], reason: 'a function' })
  })

  it('refuses a cycle where it closes, before it has gone round', () => {
    const large: Record<string, unknown> = { rows: Array.from({ length: 10_000 }, (_, index) => index) }
    large['child'] = { parent: large }
    expect(refusal({ large })).toEqual({ path: ['large', 'child', 'parent'], reason: 'a cycle' })
    const list: unknown[] = []
    list.push([list])
    expect(refusal(list)).toEqual({ path: [0, 0], reason: 'a cycle' })
  })
})
