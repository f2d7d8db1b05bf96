// The ways of arrows: from the points that the layout gives to curves. Arrows leave and reach a box spread over its side,
// in the order in which they come, and every curve passes through the middle of its label.
import type { Box, Direction, Point, Way } from './placed-diagram.ts'

/** An arrow to be routed: the boxes by id, and the points between them, the first and last on the boxes' borders. */
export interface Route {
  readonly from: string
  readonly to: string
  readonly points: readonly Point[]
}

/** One end of an arrow at one side of a box. */
interface End {
  readonly route: number
  readonly end: 'start' | 'finish'
  readonly box: Box
  /** Whether the arrow is at the side that the diagram's direction leads to: the bottom, when it leads down. */
  readonly isAhead: boolean
  /** Where the arrow comes from, across the direction. */
  readonly toward: number
}

/**
 * Turns points into curves. Routes from a box to itself are left to `loopBeside`.
 * @param labels what else stands in the layers: arrows bend between layers, not behind their labels
 */
export function routeEdges(
  routes: readonly Route[],
  boxes: ReadonlyMap<string, Box>,
  labels: readonly Box[],
  direction: Direction,
): readonly Way[] {
  const turn = direction === 'down' ? (point: Point) => point : swap
  const turned = routes.map((route) => ({ ...route, points: route.points.map(turn) }))
  const turnedBoxes = new Map(Array.from(boxes, ([id, box]) => [id, turnBox(box, direction)]))
  const ports = placePorts(turned, turnedBoxes)
  const heights = layerHeights([...turnedBoxes.values(), ...labels.map((label) => turnBox(label, direction))])
  return turned.map(({ points }, index) => {
    const start = ports.get(`${index} start`)
    const finish = ports.get(`${index} finish`)
    if (start === undefined || finish === undefined) return []
    const isAhead = finish.y > start.y
    const inner = points.slice(1, -1).flatMap((point) => {
      const half = (isAhead ? 0.5 : -0.5) * (heights.get(Math.round(point.y)) ?? 0)
      return [
        { x: point.x, y: point.y - half },
        { x: point.x, y: point.y + half },
      ]
    })
    return curveThrough([start, ...inner, finish]).map(turn)
  })
}

/** How high the highest of each layer is, by the layer's middle. */
function layerHeights(boxes: readonly Box[]): ReadonlyMap<number, number> {
  const heights = new Map<number, number>()
  for (const { y, height } of boxes) {
    const layer = Math.round(y)
    heights.set(layer, Math.max(height, heights.get(layer) ?? 0))
  }
  return heights
}

/** Spreads the ends of arrows over the sides of their boxes. Everything here leads down. */
function placePorts(routes: readonly Route[], boxes: ReadonlyMap<string, Box>): ReadonlyMap<string, Point> {
  const sides = new Map<string, End[]>()
  for (const end of routes.flatMap((route, index) => endsOf(route, index, boxes))) {
    const key = `${end.isAhead ? 'ahead' : 'behind'} ${end.box.x} ${end.box.y}`
    sides.set(key, [...(sides.get(key) ?? []), end])
  }
  const ports = new Map<string, Point>()
  for (const ends of sides.values()) {
    const sorted = ends.toSorted((a, b) => a.toward - b.toward)
    for (const [position, { route, end, box, isAhead }] of sorted.entries()) {
      const x = box.x - box.width / 2 + (box.width * (position + 1)) / (sorted.length + 1)
      ports.set(`${route} ${end}`, { x, y: box.y + (isAhead ? 0.5 : -0.5) * box.height })
    }
  }
  return ports
}

function endsOf({ from, to, points }: Route, route: number, boxes: ReadonlyMap<string, Box>): readonly End[] {
  const [source, target] = [boxes.get(from), boxes.get(to)]
  if (source === undefined || target === undefined || from === to) return []
  const leadsAhead = target.y > source.y
  const first = points[1] ?? target
  const last = points.at(-2) ?? source
  return [
    { route, end: 'start', box: source, isAhead: leadsAhead, toward: first.x },
    { route, end: 'finish', box: target, isAhead: !leadsAhead, toward: last.x },
  ]
}

/** A curve through all points that runs straight down (or up) at each of them, and never beyond. */
function curveThrough([start, ...rest]: readonly Point[]): Way {
  if (start === undefined) return []
  let last = start
  const pieces = rest.flatMap((point) => {
    const middle = (last.y + point.y) / 2
    const piece = [{ x: last.x, y: middle }, { x: point.x, y: middle }, point]
    last = point
    return piece
  })
  return [start, ...pieces]
}

/** A loop in the gap between a box and its label, which stands to its right or below it. */
export function loopBeside(home: Box, label: Box): Way {
  const [right, bottom] = [home.x + home.width / 2, home.y + home.height / 2]
  const gap = label.x - label.width / 2 - right
  if (gap > 0) return loopToTheRight(right, home.y, Math.min(gap, 44))
  const reach = Math.min(label.y - label.height / 2 - bottom, 44)
  return loopToTheRight(bottom, home.x, reach).map(swap)
}

function loopToTheRight(border: number, middle: number, reach: number): Way {
  return [
    { x: border, y: middle - 9 },
    { x: border + reach, y: middle - 24 },
    { x: border + reach, y: middle + 24 },
    { x: border, y: middle + 9 },
  ]
}

function swap({ x, y }: Point): Point {
  return { x: y, y: x }
}

function turnBox(box: Box, direction: Direction): Box {
  return direction === 'down' ? box : { ...swap(box), width: box.height, height: box.width }
}
