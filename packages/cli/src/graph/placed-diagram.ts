// A diagram with coordinates: what the layout makes and the drawing takes.
import type { DiagramEdge, DiagramNode } from './diagram.ts'

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

/** A curve: where it starts, then three points for each piece: two handles and an end, as SVG's `C` has them. */
export type Way = readonly Point[]

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
