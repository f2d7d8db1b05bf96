// Walks over TOML strings. Used by the locator to get past them, and to point at a place inside one.
import type { Span } from './span.ts'

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

/** The offset after the string that begins here, or undefined when it does not end. */
export function endOfString(text: string, start: number): number | undefined {
  const quote = text[start] ?? ''
  const triple = quote.repeat(3)
  if (!text.startsWith(triple, start)) return closingQuote(text, start + 1, quote, quote)
  const end = closingQuote(text, start + 3, quote, triple)
  // Up to two quotes before the closing three belong to the content.
  return end === undefined ? undefined : end + quotesAfter(text, end, quote)
}

function closingQuote(text: string, from: number, quote: string, closer: string): number | undefined {
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === '\\' && quote === '"') at++
    else if (char === '\n' && closer.length === 1) return undefined
    else if (char === quote && text.startsWith(closer, at)) return at + closer.length
  }
  return undefined
}

function quotesAfter(text: string, end: number, quote: string): number {
  if (text[end] !== quote) return 0
  return text[end + 1] === quote ? 2 : 1
}

/**
 * For the string written at `span`: the offset in the text of each UTF-16 unit of its value, and of its end as the last
 * element. Escapes and line-ending backslashes are accounted for, so an error inside a guard points at its own column.
 */
export function offsetsInString(text: string, span: Span): readonly number[] {
  const quote = text[span.start] ?? ''
  const isMultiline = text.startsWith(quote.repeat(3), span.start) && span.end - span.start >= 6
  const end = span.end - (isMultiline ? 3 : 1)
  const offsets: number[] = []
  let at = isMultiline ? skipFirstNewline(text, span.start + 3) : span.start + 1
  while (at < end) {
    if (text[at] !== '\\' || quote !== '"') offsets.push(at++)
    else at = pushEscape(text, at, offsets)
  }
  offsets.push(end)
  return offsets
}

function skipFirstNewline(text: string, at: number): number {
  if (text[at] === '\n') return at + 1
  return text.startsWith('\r\n', at) ? at + 2 : at
}

/** Records the units of the escape at `at` and returns the offset after it. */
function pushEscape(text: string, at: number, offsets: number[]): number {
  const letter = text[at + 1] ?? ''
  if (/\s/.test(letter)) {
    let next = at + 1
    while (/\s/.test(text[next] ?? '')) next++
    return next
  }
  const length = escapeLengths[letter] ?? 2
  offsets.push(at)
  if (letter === 'U' && Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff) offsets.push(at)
  return at + length
}
