// A cursor over tokens, shared by the two grammars.
import type { Span } from '../toml/span.ts'
import { GrammarError } from './grammar-fault.ts'
import { tokenAt } from './tokenize.ts'
import type { Token } from './tokenize.ts'

const names: Readonly<Record<string, string>> = {
  and: 'write && for "and"',
  AND: 'write && for "and"',
  or: 'write || for "or"',
  OR: 'write || for "or"',
  is: 'write == to compare',
  '=': 'write == to compare',
}

/** Reads the tokens of one text from left to right. */
export class TokenReader {
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The token `ahead` places from here; the last one, `end`, repeats. */
  peek(ahead = 0): Token {
    for (;;) {
      const token = this.#tokens[this.#at + ahead]
      if (token !== undefined) return token
      this.#tokens.push(tokenAt(this.#text, this.#tokens.at(-1)?.end ?? 0))
    }
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at++
    return token
  }

  /** Whether the coming token is this symbol. */
  isAt(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'symbol' && token.text === symbol
  }

  /** Whether the coming token is this word. */
  isAtName(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'name' && token.text === word
  }

  /** Takes the symbol if it comes next. */
  take(symbol: string): boolean {
    const found = this.isAt(symbol)
    if (found) this.#at++
    return found
  }

  /** Takes the symbol. @throws GrammarError when something else comes */
  expect(symbol: string): Token {
    return this.isAt(symbol) ? this.next() : this.fail(`'${symbol}'`)
  }

  /** Takes a word. @throws GrammarError when something else comes */
  expectName(what: string): Token {
    return this.peek().kind === 'name' ? this.next() : this.fail(what)
  }

  /** @throws GrammarError when there is more */
  expectEnd(what: string): void {
    if (this.peek().kind !== 'end') this.fail(what)
  }

  /** Where the token before this one ended. */
  get lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  /** Refuses the coming token. @throws GrammarError always */
  fail(expected: string, hint?: string): never {
    const token = this.peek()
    const span: Span = { start: token.start, end: token.end }
    const found = token.kind === 'end' ? 'the end' : `'${token.text}'`
    throw new GrammarError(span, `expected ${expected}, found ${found}`, hint ?? names[token.text])
  }
}
