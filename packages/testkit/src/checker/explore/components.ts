// Strongly connected components. Source: Tarjan (1972), with an explicit stack: a chain of a million states must not
// overflow the call stack.
import type { EdgeIndex } from './exploration.ts'

/** The components of the subgraph of the allowed states, each with its states; single states without a loop included. */
export function componentsOf(
  { starts, targets }: EdgeIndex,
  allowed: readonly number[],
  size: number,
): readonly (readonly number[])[] {
  const isAllowed = new Uint8Array(size)
  for (const id of allowed) isAllowed[id] = 1
  const numbers = new Int32Array(size)
  const lows = new Int32Array(size)
  const isOpen = new Uint8Array(size)
  const nextPlace = new Int32Array(size)
  const open: number[] = []
  const path: number[] = []
  const components: (readonly number[])[] = []
  let count = 0

  const enter = (id: number): void => {
    numbers[id] = lows[id] = ++count
    nextPlace[id] = starts[id] as number
    isOpen[id] = 1
    open.push(id)
    path.push(id)
  }
  const leave = (id: number): void => {
    path.pop()
    const parent = path.at(-1)
    if (parent !== undefined) lows[parent] = Math.min(lows[parent] as number, lows[id] as number)
    if (lows[id] !== numbers[id]) return
    const component = open.splice(open.lastIndexOf(id))
    for (const member of component) isOpen[member] = 0
    components.push(component)
  }
  for (const root of allowed) {
    if (numbers[root] !== 0) continue
    enter(root)
    for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
      const place = nextPlace[id] as number
      if (place >= (starts[id + 1] ?? 0)) {
        leave(id)
        continue
      }
      nextPlace[id] = place + 1
      const target = targets[place] as number
      if (isAllowed[target] !== 1) continue
      if (numbers[target] === 0) enter(target)
      else if (isOpen[target] === 1) lows[id] = Math.min(lows[id] as number, numbers[target] as number)
    }
  }
  return components
}
