import { expect, it } from 'vitest'
import type { EdgeIndex } from '../../src/checker/explore/exploration.ts'
import { canForce, canReach, reverse, walkWithin, wayTo } from '../../src/checker/explore/graph.ts'
import { edgeFacts, edgeUnit } from '../../src/checker/transition/step-table.ts'

const sure = edgeFacts.sure
const progress = edgeFacts.sure | edgeFacts.progress

/** `[source, command, facts, ends]`; sources ascending. */
function graphOf(
  size: number,
  ...commands: readonly [number, number, number, readonly number[]][]
): EdgeIndex {
  const starts = [0]
  const targets: number[] = []
  const edges: number[] = []
  for (let id = 0; id < size; id++) {
    for (const [source, command, facts, ends] of commands) {
      if (source !== id) continue
      targets.push(...ends)
      edges.push(...ends.map(() => command * edgeUnit + facts))
    }
    starts.push(targets.length)
  }
  return { starts: Int32Array.from(starts), targets: Int32Array.from(targets), edges: Int32Array.from(edges) }
}

const goal = 2

/** Whether state 0 of three can be brought to state 2. */
function isForced(...commands: readonly [number, number, number, readonly number[]][]): boolean {
  const graph = graphOf(3, ...commands)
  const goals = Uint8Array.from([0, 0, 1])
  return canForce(graph, reverse(graph, 3), goals)[0] === 1
}

it('a sure command forces its end', () => {
  expect(isForced([0, 1, sure, [goal]])).toBe(true)
  expect(isForced([0, 1, sure, [1]], [1, 2, sure, [goal]])).toBe(true)
})

it('a command that may be refused forces nothing', () => {
  expect(isForced([0, 1, 0, [goal]])).toBe(false)
})

it('a command with several ends forces a goal only when each of them does', () => {
  expect(isForced([0, 1, sure, [1, goal]])).toBe(false)
  expect(isForced([0, 1, sure, [1, goal]], [1, 2, sure, [goal]])).toBe(true)
  expect(isForced([0, 1, sure, [1]], [0, 2, sure, [goal]])).toBe(true)
})

it('a command that may lead back forces its other end only when repeating it must lead on', () => {
  expect(isForced([0, 1, progress, [0, goal]])).toBe(true)
  expect(isForced([0, 1, sure, [0, goal]])).toBe(false)
  expect(isForced([0, 1, progress, [0]])).toBe(false)
})

it('a path is enough to reach', () => {
  const graph = graphOf(4, [0, 1, 0, [1, 3]], [1, 2, 0, [goal]])
  expect([...canReach(reverse(graph, 4), Uint8Array.from([0, 0, 1, 0]))]).toEqual([1, 1, 1, 0])
})

it('a walk finds shortest ways and stays where it is allowed', () => {
  const graph = graphOf(4, [0, 1, 0, [1, 3]], [1, 2, 0, [goal]], [3, 3, 0, [goal]])
  const walk = walkWithin(graph, [0], (id) => id !== 1, 4)
  expect(walk.order).toEqual([0, 3, goal])
  const way = wayTo(walk, goal)
  expect(way.start).toBe(0)
  expect(way.places.map((place) => graph.targets[place])).toEqual([3, goal])
})
