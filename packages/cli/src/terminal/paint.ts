// Colours, for terminals only.
import type { TextSink } from '../io.ts'

/** One colour or weight. */
type Paint = (text: string) => string

/** The few colours the tool uses; each leaves the text alone where colour is not wanted. */
export interface Painter {
  readonly isColored: boolean
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

/**
 * Whether text for this sink may be coloured: only on a terminal, never with NO_COLOR or TERM=dumb; FORCE_COLOR decides
 * before all of them, as Node.js has it.
 */
export function wantsColor(
  sink: Pick<TextSink, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  return sink.isTTY
}

/** The colours for a sink. */
export function paintFor(
  sink: Pick<TextSink, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
): Painter {
  const isColored = wantsColor(sink, env)
  const sgr = (open: number, close: number): Paint =>
    isColored ? (text) => `\u001B[${open}m${text}\u001B[${close}m` : (text) => text
  return {
    isColored,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39),
  }
}
