import { describe, expect, it } from 'vitest'
import { formatPath, own } from '@perdure/core'

describe('formatting a path', () => {
  it('reads as code would write it', () => {
    expect(formatPath('params', ['items', 3, 'price'])).toBe('params.items[3].price')
    expect(formatPath('params', ['odd key', '', '3', '"'])).toBe('params["odd key"][""]["3"]["\\""]')
    expect(formatPath('params', [])).toBe('params')
  })
})

describe('reading an own property', () => {
  it('sees nothing that an object inherits', () => {
    const record: Record<string, number> = { a: 1 }
    expect(own(record, 'a')).toBe(1)
    for (const name of ['toString', 'constructor', '__proto__', 'b'])
      expect(own(record, name)).toBeUndefined()
  })
})
