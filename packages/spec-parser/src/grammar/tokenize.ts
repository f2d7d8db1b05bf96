// Text → tokens, for expressions and effect statements alike. Linear, and lazy: what a parse refuses early costs nothing.
import { GrammarError } from './grammar-fault.ts'

/** One word, number, string or symbol, with its offsets in the text. `end` follows the last. */
export type Token =
  | {
      readonly kind: 'name' | 'symbol' | 'end'
      readonly text: string
      readonly start: number
      readonly end: number
    }
  | {
      readonly kind: 'number'
      readonly value: number
      readonly text: string
      readonly start: number
      readonly end: number
    }
  | {
      readonly kind: 'text'
      readonly value: string
      readonly text: string
      readonly start: number
      readonly end: number
    }

const blank = /\s+/y
const name = /[\p{L}_][\p{L}\p{N}_]*/uy
const number = /\d+(?:\.\d+)?/y
const symbol = /=>|==|!=|<=|>=|\+=|-=|&&|\|\||[()[\],.+\-!<>=]/y
const stringBody = /[^'\\]*/y

/** The token that begins at or after an offset; at the end of the text it is `end`. @throws GrammarError where none begins */
export function tokenAt(text: string, offset: number): Token {
  const start = skip(blank, text, offset)
  return start < text.length
    ? readToken(text, start)
    : { kind: 'end', text: '', start: text.length, end: text.length }
}

function readToken(text: string, start: number): Token {
  if (text[start] === "'") return readString(text, start)
  for (const [kind, pattern] of [
    ['name', name],
    ['number', number],
    ['symbol', symbol],
  ] as const) {
    const end = skip(pattern, text, start)
    if (end === start) continue
    const word = text.slice(start, end)
    if (kind === 'number') return readNumber(text, start, end)
    return { kind, text: word, start, end }
  }
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0)
  throw new GrammarError(
    { start, end: start + char.length },
    `unexpected ${JSON.stringify(char)}`,
    hintFor(char),
  )
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function readNumber(text: string, start: number, end: number): Token {
  const word = text.slice(start, end)
  const value = Number(word)
  if (skip(name, text, end) > end) {
    throw new GrammarError(
      { start, end: skip(name, text, end) },
      `'${text.slice(start, skip(name, text, end))}' is no number`,
    )
  }
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new GrammarError(
      { start, end },
      `${shorten(word)} is beyond 2^53`,
      'use a number that JavaScript holds exactly',
    )
  }
  return { kind: 'number', value, text: word, start, end }
}

function shorten(word: string): string {
  return word.length > 24 ? `${word.slice(0, 20)}…` : word
}

/** A string in single quotes; `\'` and `\\` are its only escapes. */
function readString(text: string, start: number): Token {
  let value = ''
  for (let at = start + 1; ;) {
    const stop = skip(stringBody, text, at)
    value += text.slice(at, stop)
    if (stop >= text.length)
      throw new GrammarError({ start, end: text.length }, 'the string does not end', "close it with '")
    if (text[stop] === "'")
      return { kind: 'text', value, text: text.slice(start, stop + 1), start, end: stop + 1 }
    const escaped = text[stop + 1] ?? ''
    if (escaped !== "'" && escaped !== '\\') {
      throw new GrammarError(
        { start: stop, end: Math.min(stop + 2, text.length) },
        `\\${escaped} is no escape`,
        "only \\' and \\\\ are",
      )
    }
    value += escaped
    at = stop + 2
  }
}

function hintFor(char: string): string | undefined {
  switch (char) {
    case '"':
      return "strings are written in single quotes: 'text'"
    case '&':
      return 'write && for "and"'
    case '|':
      return 'write || for "or"'
    case '*':
    case '/':
    case '%':
      return 'numbers can be added and subtracted only'
    default:
      return undefined
  }
}
