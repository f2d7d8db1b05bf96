import type { Span } from '../toml/span.ts'

/** Why a text is no expression or no statement, and where in it. */
export interface GrammarFault {
  readonly kind: 'fault'
  readonly code: 'syntax' | 'nesting_too_deep'
  /** Offsets in the text that was parsed. */
  readonly span: Span
  readonly message: string
  readonly hint?: string
}

/** Carries a fault out of the recursive descent; caught where the parse began, never seen outside the grammar. */
export class GrammarError extends Error {
  readonly fault: GrammarFault
  constructor(span: Span, message: string, hint?: string, code: GrammarFault['code'] = 'syntax') {
    super(message)
    this.fault = { kind: 'fault', code, span, message, ...(hint === undefined ? {} : { hint }) }
  }
}

/** Runs a parse and turns its fault into a value. */
export function catchFault<Parsed>(parse: () => Parsed): Parsed | GrammarFault {
  try {
    return parse()
  } catch (error) {
    if (error instanceof GrammarError) return error.fault
    throw error
  }
}
