// What a worker that will be killed and its harness say to each other, line by line: one order in, then what the worker is
// about to ask (TRY) and what was answered (ACK, NAK) out. Lines are short and written at once, so that a kill cuts between
// them or ends the output.

/** The one line that a worker is sent. */
export interface CrashOrder {
  /** Where the data is. */
  readonly url: string
  /** Which life this is, from 1. */
  readonly life: number
  /** Commands that were tried in all lives before: the number to go on counting from. */
  readonly tried: number
  /** Ids of commands that were tried and not answered: whether they happened is for the worker to find out. */
  readonly inDoubt: readonly string[]
}

/** One line that a worker says. */
export type CrashLine =
  | { readonly kind: 'TRY'; readonly id: string }
  | { readonly kind: 'ACK'; readonly id: string; readonly sequence: number }
  /** Refused: it did not happen and will not. */
  | { readonly kind: 'NAK'; readonly id: string; readonly code: string }

/** Writes a line. Ids and codes have no spaces. */
export function printLine(line: CrashLine): string {
  const fact = line.kind === 'ACK' ? line.sequence : line.kind === 'NAK' ? line.code : ''
  return `${line.kind} ${line.id} ${fact}`.trimEnd()
}

/** Reads a line; undefined for anything else that a worker prints. */
export function readLine(text: string): CrashLine | undefined {
  const [kind, id = '', fact = ''] = text.split(' ')
  if (id === '') return undefined
  if (kind === 'TRY') return { kind, id }
  if (kind === 'NAK') return { kind, id, code: fact }
  if (kind === 'ACK' && /^\d+$/.test(fact)) return { kind, id, sequence: Number(fact) }
  return undefined
}
