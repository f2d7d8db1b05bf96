import type { Literal } from '@perdure/core'

import type { TokenReader } from './token-reader.ts'

const constants: Readonly<Record<string, Literal>> = { true: true, false: false, null: null }

/** Whether a literal comes next; a minus before a number belongs to it. */
export function isAtLiteral(reader: TokenReader): boolean {
  const { kind, text } = reader.peek()
  if (kind === 'symbol') return text === '-' && reader.peek(1).kind === 'number'
  return kind === 'number' || kind === 'text' || (kind === 'name' && Object.hasOwn(constants, text))
}

/** Takes the literal that comes next. @throws GrammarError when something else comes */
export function readLiteral(reader: TokenReader): Literal {
  const isNegative = reader.take('-')
  const token = reader.next()
  switch (token.kind) {
    case 'number':
      return isNegative && token.value !== 0 ? -token.value : token.value
    case 'text':
      return token.value
    default:
      return constants[token.text] ?? null
  }
}
