// Moves a drawing to where its upper left corner is, and measures it. What the layout says of its own size leaves out loops
// and their labels.
import { measureText } from './measure-text.ts'
import { sizes } from './placed-diagram.ts'
import type { Box, PlacedDiagram, Point } from './placed-diagram.ts'

/** A drawing with a margin around it and room for its title above. */
export function fitCanvas(drawing: Omit<PlacedDiagram, 'width' | 'height'>): PlacedDiagram {
  const { margin, titleHeight, stateFont } = sizes
  const { left, right, top, bottom } = boundsOf(cornersOf(drawing))
  const move = <Place extends Point>(place: Place): Place => ({
    ...place,
    x: place.x - left + margin,
    y: place.y - top + margin + titleHeight,
  })
  return {
    title: drawing.title,
    width: Math.max(right - left, measureText(drawing.title, stateFont)) + 2 * margin,
    height: bottom - top + 2 * margin + titleHeight,
    nodes: drawing.nodes.map(move),
    edges: drawing.edges.map(({ label, ...edge }) => {
      const moved = { ...edge, way: edge.way.map(move) }
      return label === undefined ? moved : { ...moved, label: move(label) }
    }),
  }
}

function cornersOf({ nodes, edges }: Pick<PlacedDiagram, 'nodes' | 'edges'>): readonly Point[] {
  const boxes: readonly Box[] = [...nodes, ...edges.flatMap(({ label }) => label ?? [])]
  return [
    ...edges.flatMap(({ way }) => way),
    ...boxes.flatMap(({ x, y, width, height }) => [
      { x: x - width / 2, y: y - height / 2 },
      { x: x + width / 2, y: y + height / 2 },
    ]),
  ]
}

function boundsOf(points: readonly Point[]) {
  const bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }
  for (const { x, y } of points) {
    bounds.left = Math.min(bounds.left, x)
    bounds.right = Math.max(bounds.right, x)
    bounds.top = Math.min(bounds.top, y)
    bounds.bottom = Math.max(bounds.bottom, y)
  }
  return bounds
}
