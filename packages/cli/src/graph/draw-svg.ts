// Coordinates → SVG text. Self-contained: no script, no font, no link; looks the same in a browser and on paper.
import { shortGuard } from './layout-diagram.ts'
import { sizes } from './placed-diagram.ts'
import type { PlacedDiagram, PlacedEdge, PlacedNode, Point } from './placed-diagram.ts'

const style = `
    text { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1e293b; }
    .title { font-size: ${sizes.stateFont}px; font-weight: 600; }
    .state text { font-size: ${sizes.stateFont}px; text-anchor: middle; }
    .state rect { fill: #ffffff; stroke: #475569; stroke-width: 1.5; }
    .initial rect { fill: #e0f2fe; stroke: #0369a1; }
    .terminal rect { fill: #f1f5f9; }
    .any rect { fill: none; stroke-dasharray: 5 4; }
    .any text { font-style: italic; fill: #475569; }
    .start { fill: #1e293b; }
    .edge path { fill: none; stroke: #64748b; stroke-width: 1.3; }
    .label rect { fill: #ffffff; }
    .label text { font-size: ${sizes.labelFont}px; text-anchor: middle; }
    .guard { fill: #9a3412; }
    .arrow { fill: #64748b; }`

/** Draws a diagram: the initial status marked by a dot and a tint, terminal ones with a double border. */
export function drawSvg(diagram: PlacedDiagram): string {
  const [width, height] = [Math.ceil(diagram.width), Math.ceil(diagram.height)]
  const initial = diagram.edges.find(({ from }) => from === 'start')?.to
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(`State diagram of ${diagram.title}`)}">`,
    `  <style>${style}\n  </style>`,
    '  <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="arrow" d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    `  <rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `  <text class="title" x="${sizes.margin}" y="${sizes.margin + 4}">${escape(diagram.title)}</text>`,
    ...diagram.edges.map(drawEdge),
    ...diagram.nodes.map((node) => drawNode(node, node.id === initial)),
    // Labels come last, so that no arrow runs over one.
    ...diagram.edges.map(drawLabel),
    '</svg>\n',
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function drawNode(node: PlacedNode, isInitial: boolean): string {
  if (node.kind === 'start')
    return `  <circle class="start" cx="${round(node.x)}" cy="${round(node.y)}" r="6"/>`
  const classes = ['state', ...(isInitial ? ['initial'] : []), ...(node.isTerminal ? ['terminal'] : [])]
  if (node.kind === 'any') classes.push('any')
  const inner = node.isTerminal ? box(node, 4) : ''
  const text = `<text x="${round(node.x)}" y="${baseline(node.y, sizes.stateFont)}">${escape(node.label)}</text>`
  return `  <g class="${classes.join(' ')}">${box(node, 0)}${inner}${text}</g>`
}

function box({ x, y, width, height }: PlacedNode, inset: number): string {
  const [left, top] = [x - width / 2 + inset, y - height / 2 + inset]
  const radius = 9 - inset
  return `<rect x="${round(left)}" y="${round(top)}" width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}" rx="${radius}"/>`
}

function drawEdge({ way: [start, ...curve] }: PlacedEdge): string {
  if (start === undefined) return ''
  return `  <g class="edge"><path d="M${at(start)} C${curve.map(at).join(' ')}" marker-end="url(#arrow)"/></g>`
}

function drawLabel({ labels, label }: PlacedEdge): string {
  if (label === undefined) return ''
  const { x, y: middle, width, height } = label
  const top = middle - ((labels.length - 1) * sizes.lineHeight) / 2
  const lines = labels.map(({ action, guard }, index) => {
    const y = baseline(top + index * sizes.lineHeight, sizes.labelFont)
    const shown = guard === undefined ? '' : ` <tspan class="guard">[${escape(shortGuard(guard))}]</tspan>`
    return `<text x="${round(x)}" y="${y}">${escape(action)}${shown}</text>`
  })
  const whole = labels.map(({ action, guard }) => (guard === undefined ? action : `${action} [${guard}]`))
  const background = `<rect x="${round(x - width / 2)}" y="${round(middle - height / 2)}" width="${round(width)}" height="${round(height)}" rx="3"/>`
  return `  <g class="label"><title>${escape(whole.join('\n'))}</title>${background}${lines.join('')}</g>`
}

/** Where to write for text to stand in the middle of a line. Attributes that centre it are not known to every renderer. */
function baseline(middle: number, fontSize: number): number {
  return round(middle + 0.35 * fontSize)
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Text for XML. Characters that XML cannot hold are replaced. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\0-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
