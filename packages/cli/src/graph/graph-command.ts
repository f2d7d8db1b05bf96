// `perdure graph`: the automaton of a spec as Mermaid text or as a drawing.
import { toMermaid } from '@perdure/spec-parser'
import type { EntitySpec } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpec } from '../specs/load-sound-specs.ts'
import { writeText } from '../specs/write-text.ts'
import type { Direction } from './placed-diagram.ts'

/** What to draw, and where to. */
export interface GraphOptions {
  /** @defaultValue by the name of the file, otherwise mermaid */
  readonly format?: 'mermaid' | 'svg'
  readonly direction: Direction
  /** @defaultValue stdout */
  readonly out?: string
}

/** Draws the automaton of one spec. */
export async function runGraph(io: CliIo, file: string, options: GraphOptions): Promise<ExitCode> {
  const spec = await loadSoundSpec(file, io.cwd)
  const { out } = options
  const format = options.format ?? (out?.endsWith('.svg') === true ? 'svg' : 'mermaid')
  const text = format === 'svg' ? await toSvg(spec, options.direction) : toMermaid(spec)
  if (out === undefined) io.stdout.write(text)
  else await writeText(out, text, io.cwd)
  return 0
}

async function toSvg(spec: EntitySpec, direction: Direction): Promise<string> {
  const { diagramOf } = await import('./diagram.ts')
  const { layoutDiagram } = await import('./layout-diagram.ts')
  const { drawSvg } = await import('./draw-svg.ts')
  return drawSvg(layoutDiagram(diagramOf(spec), direction))
}
