// Strings of an exact size in canonical JSON: where a field's ceiling is decided.
import * as fc from 'fast-check'

/** Characters by how many bytes of canonical JSON one takes. */
const units: readonly (readonly [unit: string, bytes: number])[] = [
  ['a', 1],
  ['ä', 2],
  ['"', 2],
  ['漢', 3],
  ['😀', 4],
  ['\u0000', 6],
  ['\ud800', 6],
]

/** A string whose canonical JSON has exactly `bytes` bytes (at least 2), filled with one kind of character. */
function textOfSize(bytes: number, unit = 'a'): string {
  const unitBytes = units.find(([each]) => each === unit)?.[1] ?? 1
  const room = Math.max(bytes - 2, 0)
  return unit.repeat(Math.floor(room / unitBytes)) + 'a'.repeat(room % unitBytes)
}

/** Strings just below, at and just above a ceiling, in bytes of canonical JSON. */
export function textAround(ceiling: number): fc.Arbitrary<string> {
  const sizes = [ceiling + 1, ceiling, ceiling - 1].filter((size) => size >= 2)
  if (sizes.length === 0) return fc.constantFrom('', 'a')
  return fc
    .tuple(fc.constantFrom(...sizes), fc.constantFrom(...units))
    .map(([size, [unit]]) => textOfSize(size, unit))
}
