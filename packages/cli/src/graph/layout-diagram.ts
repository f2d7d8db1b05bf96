// Diagram → coordinates. The one file that knows dagre: layers, crossings and room for labels are its work.
import * as dagre from '@dagrejs/dagre'
import { assertNever } from '@perdure/core'
import type { Diagram, DiagramEdge, DiagramLabel, DiagramNode } from './diagram.ts'
import { fitCanvas } from './fit-canvas.ts'
import { measureText } from './measure-text.ts'
import { sizes } from './placed-diagram.ts'
import type { Box, Direction, PlacedDiagram, PlacedEdge, PlacedNode, Point } from './placed-diagram.ts'
import { loopBeside, routeEdges } from './route-edges.ts'

/** The types that dagre publishes do not resolve under Node's module resolution: this is what is used of it. */
interface DagreGraph {
  setGraph(options: object): void
  setNode(id: string, size: { readonly width: number; readonly height: number }): void
  node(id: string): PlacedNode
  setEdge(from: string, to: string, size: object): void
  edge(from: string, to: string): Box & { readonly points: readonly Point[] }
}
const { Graph, layout } = dagre as unknown as {
  readonly Graph: new () => DagreGraph
  readonly layout: (graph: DagreGraph) => void
}

/** Finds a place for every box, arrow and label. The same diagram always gets the same places. */
export function layoutDiagram(diagram: Diagram, direction: Direction): PlacedDiagram {
  const graph = new Graph()
  const rankdir = direction === 'down' ? 'TB' : 'LR'
  graph.setGraph({ rankdir, nodesep: 48, ranksep: 72, edgesep: 24 })
  for (const node of diagram.nodes) graph.setNode(node.id, nodeSize(node))
  for (const { from, to, labels } of diagram.edges)
    graph.setEdge(from, to, { ...labelSize(labels), labelpos: 'c' })
  layout(graph)
  const nodes = diagram.nodes.map((node) => ({ ...node, ...nodeSize(node), ...pointOf(graph.node(node.id)) }))
  return fitCanvas({ title: diagram.title, nodes, edges: placeEdges(diagram.edges, nodes, graph, direction) })
}

function placeEdges(
  edges: readonly DiagramEdge[],
  nodes: readonly PlacedNode[],
  graph: DagreGraph,
  direction: Direction,
): readonly PlacedEdge[] {
  const boxes = new Map(nodes.map((node) => [node.id, node]))
  const laidOut = edges.map((edge) => ({ ...edge, label: graph.edge(edge.from, edge.to) }))
  const routes = laidOut.map(({ from, to, label }) => ({ from, to, points: label.points }))
  const labels = laidOut.map(({ label }) => label)
  const ways = routeEdges(routes, boxes, labels, direction)
  return laidOut.map(({ label: { width, height, x, y }, ...edge }, index) => {
    const way = ways[index] ?? []
    if (edge.labels.length === 0) return { ...edge, way }
    const label = { x, y, width, height }
    const home = edge.from === edge.to ? boxes.get(edge.from) : undefined
    return { ...edge, label, way: home === undefined ? way : loopBeside(home, label) }
  })
}

function pointOf({ x, y }: Point): Point {
  return { x, y }
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
function labelText({ action, guard }: DiagramLabel): string {
  return guard === undefined ? action : `${action} [${shortGuard(guard)}]`
}

/** A guard in the room that an arrow has for it. */
export function shortGuard(guard: string): string {
  return guard.length <= 44 ? guard : `${guard.slice(0, 43)}…`
}
