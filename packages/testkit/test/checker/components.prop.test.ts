import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { componentsOf } from '../../src/checker/explore/components.ts'
import type { EdgeIndex } from '../../src/checker/explore/exploration.ts'

const size = 8

const graphs = fc
  .array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size })
  .map((targets): EdgeIndex => {
    const starts = [0]
    for (const list of targets) starts.push((starts.at(-1) ?? 0) + list.length)
    const flat = targets.flat()
    return {
      starts: Int32Array.from(starts),
      targets: Int32Array.from(flat),
      edges: new Int32Array(flat.length),
    }
  })

/** Whether a path of at least no edges leads from one to the other, within some states. */
function reaches(
  { starts, targets }: EdgeIndex,
  from: number,
  to: number,
  allowed: ReadonlySet<number>,
): boolean {
  const seen = new Set([from])
  for (const id of seen)
    for (let place = starts[id] ?? 0; place < (starts[id + 1] ?? 0); place++) {
      const target = targets[place] ?? 0
      if (allowed.has(target)) seen.add(target)
    }
  return seen.has(to)
}

it('two states share a component exactly when each can be reached from the other', () => {
  fc.assert(
    fc.property(graphs, fc.uniqueArray(fc.nat(size - 1), { minLength: 1 }), (graph, ids) => {
      const allowed = new Set(ids)
      const components = componentsOf(graph, ids, size)
      expect(new Set(components.flat())).toEqual(allowed)
      expect(components.flat()).toHaveLength(ids.length)
      const componentOf = new Map(components.flatMap((members, index) => members.map((id) => [id, index])))
      for (const a of ids)
        for (const b of ids) {
          const isMutual = reaches(graph, a, b, allowed) && reaches(graph, b, a, allowed)
          expect(componentOf.get(a) === componentOf.get(b)).toBe(isMutual)
        }
    }),
  )
})

it('a chain of a million states does not overflow the stack', () => {
  const length = 1_000_000
  const starts = Int32Array.from({ length: length + 1 }, (_, id) => Math.min(id, length - 1))
  const targets = Int32Array.from({ length: length - 1 }, (_, id) => id + 1)
  const allowed = Array.from({ length }, (_, id) => id)
  expect(componentsOf({ starts, targets, edges: targets }, allowed, length)).toHaveLength(length)
})
