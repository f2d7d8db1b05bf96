// Diagram → coordinates. The one file that knows dagre: layers, crossings and room for labels are its work.
import * as dagre from '@dagrejs/dagre'
import { assertNever } from '@perdure/core'
import type { Diagram, DiagramEdge, DiagramLabel, DiagramNode } from './diagram.ts'
import { measureText } from './measure-text.ts'
import { loopBeside, routeEdges } from './route-edges.ts'
import type { Way } from './route-edges.ts'

/** A place in the drawing, in pixels from its upper left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A centre and a size. */
export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** A box with its centre and size. */
export interface PlacedNode extends DiagramNode, Box {}

/** An arrow with its way and the middle of its label. */
export interface PlacedEdge extends DiagramEdge {
  readonly way: Way
  readonly label?: Box
}

/** A diagram with coordinates. */
export interface PlacedDiagram {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** Which way the arrows point: down, or to the right. */
export type Direction = 'down' | 'right'

/** Sizes that the layout and the drawing share, in pixels. */
export const sizes = { stateFont: 14, labelFont: 12, lineHeight: 17, margin: 24, titleHeight: 28 } as const

/** The types that dagre publishes do not resolve under Node's module resolution: this is what is used of it. */
interface DagreGraph {
  setGraph(options: object): void
  graph(): { readonly width: number; readonly height: number }
  setNode(id: string, size: { readonly width: number; readonly height: number }): void
  node(id: string): PlacedNode
  setEdge(from: string, to: string, size: object): void
  edge(
    from: string,
    to: string,
  ): { readonly points: readonly Point[] } & Point & {
      readonly width: number
      readonly height: number
    }
}
const { Graph, layout } = dagre as unknown as {
  readonly Graph: new () => DagreGraph
  readonly layout: (graph: DagreGraph) => void
}

/** Finds a place for every box, arrow and label. The same diagram always gets the same places. */
export function layoutDiagram(diagram: Diagram, direction: Direction): PlacedDiagram {
  const graph = new Graph()
  const rankdir = direction === 'down' ? 'TB' : 'LR'
  const { margin, titleHeight } = sizes
  graph.setGraph({ rankdir, nodesep: 48, ranksep: 72, edgesep: 24, marginx: margin, marginy: margin })
  for (const node of diagram.nodes) graph.setNode(node.id, nodeSize(node))
  for (const { from, to, labels } of diagram.edges)
    graph.setEdge(from, to, { ...labelSize(labels), labelpos: 'c' })
  layout(graph)
  const down = ({ x, y }: Point): Point => ({ x, y: y + titleHeight })
  const nodes = new Map(
    diagram.nodes.map((node) => [node.id, { ...node, ...nodeSize(node), ...down(graph.node(node.id)) }]),
  )
  const { width, height } = graph.graph()
  return {
    title: diagram.title,
    width: Math.max(width, measureText(diagram.title, sizes.stateFont) + 2 * margin),
    height: height + titleHeight,
    nodes: [...nodes.values()],
    edges: placeEdges(diagram.edges, nodes, graph, direction, down),
  }
}

function placeEdges(
  edges: readonly DiagramEdge[],
  nodes: ReadonlyMap<string, PlacedNode>,
  graph: DagreGraph,
  direction: Direction,
  down: (point: Point) => Point,
): readonly PlacedEdge[] {
  const laidOut = edges.map(({ from, to }) => graph.edge(from, to))
  const routes = edges.map(({ from, to }, index) => ({
    from,
    to,
    points: (laidOut[index]?.points ?? []).map(down),
  }))
  const labels = laidOut.map((edge) => ({ ...edge, ...down(edge) }))
  const ways = routeEdges(routes, nodes, labels, direction)
  return edges.map((edge, index) => {
    const way = ways[index] ?? []
    const label = labels[index]
    if (edge.labels.length === 0 || label === undefined) return { ...edge, way }
    const home = edge.from === edge.to ? nodes.get(edge.from) : undefined
    return { ...edge, label, way: home === undefined ? way : loopBeside(home, label) }
  })
}

function nodeSize({ kind, label }: DiagramNode): { readonly width: number; readonly height: number } {
  switch (kind) {
    case 'start':
      return { width: 14, height: 14 }
    case 'any':
    case 'state':
      return { width: Math.max(72, measureText(label, sizes.stateFont) + 36), height: 40 }
    default:
      return assertNever(kind)
  }
}

function labelSize(labels: readonly DiagramLabel[]): { readonly width: number; readonly height: number } {
  if (labels.length === 0) return { width: 0, height: 0 }
  const widths = labels.map((label) => measureText(labelText(label), sizes.labelFont))
  return { width: Math.max(...widths) + 10, height: labels.length * sizes.lineHeight + 4 }
}

/** One line of a label as it is drawn; a long guard is cut, and whole in the tooltip. */
export function labelText({ action, guard }: DiagramLabel): string {
  return guard === undefined ? action : `${action} [${shortGuard(guard)}]`
}

/** A guard in the room that an arrow has for it. */
export function shortGuard(guard: string): string {
  return guard.length <= 44 ? guard : `${guard.slice(0, 43)}…`
}
