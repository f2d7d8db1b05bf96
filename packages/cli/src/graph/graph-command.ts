// `perdure graph`: the automaton of a spec as Mermaid text or as a drawing.
import { toMermaid } from '@perdure/spec-parser'
import path from 'node:path'
import type { EntitySpec } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
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
  const format = options.format ?? formatOf(out)
  const text = format === 'svg' ? await toSvg(spec, options.direction) : toMermaid(spec)
  if (out === undefined) io.stdout.write(text)
  else {
    await writeText(out, text, io.cwd)
    io.stderr.write(`wrote the graph of ${spec.name} to ${out}\n`)
  }
  return 0
}

/** The format that the name of a file asks for. @throws CliError `usage` for a picture of another kind */
function formatOf(out: string | undefined): 'mermaid' | 'svg' {
  const ending = path.extname(out ?? '').toLowerCase()
  if (ending === '.svg') return 'svg'
  if (['', '.md', '.mmd', '.mermaid', '.txt'].includes(ending)) return 'mermaid'
  throw new CliError('usage', `there are no graphs in ${ending} files`, {
    hint: "name a file in .svg or .md, or say '--format svg' or '--format mermaid'",
  })
}

async function toSvg(spec: EntitySpec, direction: Direction): Promise<string> {
  const { diagramOf } = await import('./diagram.ts')
  const { layoutDiagram } = await import('./layout-diagram.ts')
  const { drawSvg } = await import('./draw-svg.ts')
  return drawSvg(layoutDiagram(diagramOf(spec), direction))
}
