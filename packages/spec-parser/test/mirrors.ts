// Holds what the locator found against what smol-toml read.
import { parse } from 'smol-toml'
import type { TomlValue } from 'smol-toml'
import { expect } from 'vitest'

import type { Place } from '../src/locate.ts'

/** The places have the shape of the value, and the text at the place of each scalar reads as that scalar. */
export function expectMirrors(value: TomlValue, place: Place, text: string): void {
  if (Array.isArray(value)) {
    expect(place.items).toHaveLength(value.length)
    for (const [index, item] of value.entries()) {
      const inner = place.items[index]
      if (inner !== undefined) expectMirrors(item, inner, text)
    }
  } else if (typeof value === 'object' && Object.getPrototypeOf(value) === null) {
    expect([...place.entries.keys()].sort()).toEqual(Object.keys(value).sort())
    for (const [key, item] of Object.entries(value)) {
      const inner = place.entries.get(key)?.place
      if (inner !== undefined) expectMirrors(item, inner, text)
    }
  } else {
    const scalar = `key = ${text.slice(place.span.start, place.span.end)}`
    expect(parse(scalar, { integersAsBigInt: 'asNeeded' })).toEqual({ key: value })
  }
}
