import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Diagram } from '../src/graph/diagram.ts'
import { layoutDiagram } from '../src/graph/layout-diagram.ts'
import { sizes } from '../src/graph/placed-diagram.ts'
import type { Box, Direction, PlacedDiagram, Point } from '../src/graph/placed-diagram.ts'

const diagram: fc.Arbitrary<Diagram> = fc
  .integer({ min: 1, max: 9 })
  .chain((size) =>
    fc.record({
      names: fc.array(fc.string({ minLength: 1, maxLength: 24 }), { minLength: size, maxLength: size }),
      arrows: fc.uniqueArray(
        fc.record({
          from: fc.nat(size - 1),
          to: fc.nat(size - 1),
          lines: fc.integer({ min: 1, max: 4 }),
          guard: fc.option(fc.string({ minLength: 1, maxLength: 70 }), { nil: undefined }),
        }),
        { selector: ({ from, to }) => `${from} ${to}`, maxLength: 14 },
      ),
    }),
  )
  .map(({ names, arrows }) => ({
    title: 'T',
    nodes: [
      { id: 'start', kind: 'start', label: '', isTerminal: false },
      ...names.map((label, index) => ({
        id: `${index}`,
        kind: 'state' as const,
        label,
        isTerminal: index % 3 === 0,
      })),
    ],
    edges: [
      { from: 'start', to: '0', labels: [] },
      ...arrows.map(({ from, to, lines, guard }) => ({
        from: `${from}`,
        to: `${to}`,
        labels: Array.from({ length: lines }, () => ({
          action: 'Act',
          ...(guard === undefined ? {} : { guard }),
        })),
      })),
    ],
  }))

const direction = fc.constantFrom<Direction>('down', 'right')

describe('a layout', () => {
  it('keeps boxes and labels apart from each other, and everything on the canvas with a margin around it', () => {
    fc.assert(
      fc.property(diagram, direction, (drawn, direction) => {
        const placed = layoutDiagram(drawn, direction)
        const boxes = [...placed.nodes, ...placed.edges.flatMap(({ label }) => label ?? [])]
        for (const [index, box] of boxes.entries()) {
          for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBeLessThanOrEqual(0.5)
          expectInside(box, placed)
        }
        for (const point of placed.edges.flatMap(({ way }) => way)) {
          expectInside({ ...point, width: 0, height: 0 }, placed)
        }
      }),
    )
  })

  it('lets every arrow begin and end on the border of its boxes', () => {
    fc.assert(
      fc.property(diagram, direction, (drawn, direction) => {
        const { nodes, edges } = layoutDiagram(drawn, direction)
        for (const { from, to, way } of edges) {
          expectOnBorder(
            way[0],
            nodes.find(({ id }) => id === from),
          )
          expectOnBorder(
            way.at(-1),
            nodes.find(({ id }) => id === to),
          )
          expect(way.length % 3, 'a start, and three points for each piece').toBe(1)
        }
      }),
    )
  })

  it('leads every arrow with a label past the middle of it', () => {
    fc.assert(
      fc.property(diagram, direction, (drawn, direction) => {
        for (const { from, to, way, label } of layoutDiagram(drawn, direction).edges) {
          if (label === undefined || from === to) continue
          const along = direction === 'down' ? label.x : label.y
          const meets = way.filter(
            (point) => Math.abs((direction === 'down' ? point.x : point.y) - along) < 0.5,
          )
          expect(meets.length).toBeGreaterThan(1)
        }
      }),
    )
  })

  it('lets arrows leave and reach a side in the order in which they come, so that none crosses another there', () => {
    fc.assert(
      fc.property(diagram, direction, (drawn, direction) => {
        const { nodes, edges } = layoutDiagram(drawn, direction)
        const across = (point: Point | undefined) => (direction === 'down' ? point?.x : point?.y) ?? 0
        for (const node of nodes) {
          const arrows = edges.filter(({ from, to }) => from !== to)
          const ends = [
            ...arrows.flatMap(({ from, way }) => (from === node.id ? { port: way[0], next: way[3] } : [])),
            ...arrows.flatMap(({ to, way }) =>
              to === node.id ? { port: way.at(-1), next: way.at(-4) } : [],
            ),
          ]
          for (const a of ends) {
            for (const b of ends) {
              const isSameSide =
                (direction === 'down' ? a.port?.y === b.port?.y : a.port?.x === b.port?.x) && a !== b
              if (isSameSide && across(a.port) < across(b.port)) {
                expect(across(a.next)).toBeLessThanOrEqual(across(b.next))
              }
            }
          }
        }
      }),
    )
  })

  it('is the same for the same diagram', () => {
    fc.assert(
      fc.property(diagram, direction, (drawn, direction) => {
        expect(layoutDiagram(drawn, direction)).toEqual(layoutDiagram(drawn, direction))
      }),
      { numRuns: 20 },
    )
  })
})

/** How far two boxes reach into each other; zero or less when they do not. */
function overlap(a: Box, b: Box): number {
  return Math.min(
    (a.width + b.width) / 2 - Math.abs(a.x - b.x),
    (a.height + b.height) / 2 - Math.abs(a.y - b.y),
  )
}

function expectInside({ x, y, width, height }: Box, canvas: PlacedDiagram): void {
  // Rounding aside, there is a margin on every side.
  const margin = sizes.margin - 0.001
  expect(x - width / 2).toBeGreaterThanOrEqual(margin)
  expect(y - height / 2).toBeGreaterThanOrEqual(margin + sizes.titleHeight)
  expect(x + width / 2).toBeLessThanOrEqual(canvas.width - margin)
  expect(y + height / 2).toBeLessThanOrEqual(canvas.height - margin)
}

function expectOnBorder(point: Point | undefined, box: Box | undefined): void {
  if (point === undefined || box === undefined) throw new Error('no point or no box')
  const [dx, dy] = [Math.abs(point.x - box.x) - box.width / 2, Math.abs(point.y - box.y) - box.height / 2]
  expect(Math.max(dx, dy)).toBeCloseTo(0, 3)
}
