// Effect statement → core Effect. Called for each statement of an action; answers with the effect and the places of its
// parts, or one fault. Knows no names and no types: check/ does.
import type { Effect, EffectArgument } from '@perdure/core'

import { nearestName } from '../diagnostics/did-you-mean.ts'
import type { Span } from '../toml/span.ts'
import { catchFault, GrammarError } from './grammar-fault.ts'
import type { GrammarFault } from './grammar-fault.ts'
import { isAtLiteral, readLiteral } from './literal.ts'
import { TokenReader } from './token-reader.ts'

/** Where the parts of a statement stand in its text. */
export interface EffectSpans {
  readonly whole: Span
  /** The variable, the action or the emitted name: what the statement is about. */
  readonly target: Span
  readonly argument?: Span
  /** Where a spawn stores the child's id, or the field that holds a due time. */
  readonly field?: Span
  readonly entityType?: Span
}

/** A parsed statement with the places of its parts. */
export interface ParsedEffect {
  readonly kind: 'effect'
  readonly effect: Effect
  readonly spans: EffectSpans
}

type Parts = Omit<ParsedEffect, 'kind' | 'spans'> & { readonly spans: Omit<EffectSpans, 'whole'> }

interface Read<Value> {
  readonly value: Value
  readonly span: Span
}

const readers: Readonly<Record<string, (reader: TokenReader) => Parts>> = {
  append: (reader) => {
    const { list, argument } = readListCall(reader)
    return parts({ kind: 'append', variable: list.value, item: argument.value }, list, argument)
  },
  remove: (reader) => {
    const { list, argument } = readListCall(reader)
    return parts({ kind: 'remove', variable: list.value, item: argument.value }, list, argument)
  },
  remove_at: (reader) => {
    const { list, argument } = readListCall(reader)
    return parts({ kind: 'removeAt', variable: list.value, index: argument.value }, list, argument)
  },
  clear: (reader) => {
    const variable = readIdentifier(reader)
    return parts({ kind: 'clear', variable: variable.value }, variable)
  },
  schedule: (reader) => {
    const action = readQuoted(reader, 'an action')
    reader.expect(',')
    const seconds = readArgument(reader)
    return parts({ kind: 'schedule', action: action.value, seconds: seconds.value }, action, seconds)
  },
  schedule_at: (reader) => {
    const action = readQuoted(reader, 'an action')
    reader.expect(',')
    const field = readIdentifier(reader)
    const effect: Effect = { kind: 'scheduleAt', action: action.value, field: field.value }
    return { effect, spans: { target: action.span, field: field.span } }
  },
  cancel: (reader) => {
    const action = readQuoted(reader, 'an action')
    return parts({ kind: 'cancel', action: action.value }, action)
  },
  spawn: readSpawn,
  emit: (reader) => {
    const name = readQuoted(reader, 'a name')
    return parts({ kind: 'emit', name: name.value }, name)
  },
}

/** Parses one statement. Never throws: a text that is none gives the first fault. */
export function parseEffect(text: string): ParsedEffect | GrammarFault {
  return catchFault(() => {
    const reader = new TokenReader(text)
    const start = reader.peek().start
    const { effect, spans } = reader.isAt('(', 1) ? readCall(reader) : readChange(reader)
    reader.expectEnd('the end of the statement')
    return { kind: 'effect', effect, spans: { ...spans, whole: { start, end: reader.lastEnd } } }
  })
}

function parts(effect: Effect, target: Read<string>, argument?: Read<EffectArgument>): Parts {
  return {
    effect,
    spans: { target: target.span, ...(argument === undefined ? {} : { argument: argument.span }) },
  }
}

/** `v = arg`, `v += arg`, `v -= arg` */
function readChange(reader: TokenReader): Parts {
  const variable = readIdentifier(reader)
  const operator = reader.peek()
  if (operator.kind !== 'symbol' || !['=', '+=', '-='].includes(operator.text)) {
    return reader.fail(
      '=, += or -=',
      'a statement is v = value, v += n, v -= n or a call such as append(list, value)',
    )
  }
  reader.next()
  const argument = readArgument(reader)
  if (operator.text === '=') {
    return parts({ kind: 'assign', variable: variable.value, value: argument.value }, variable, argument)
  }
  const kind = operator.text === '+=' ? 'add' : 'subtract'
  return parts({ kind, variable: variable.value, amount: argument.value }, variable, argument)
}

function readCall(reader: TokenReader): Parts {
  const name = reader.expectName('a statement')
  const read = Object.hasOwn(readers, name.text) ? readers[name.text] : undefined
  if (read === undefined) {
    const nearest = nearestName(name.text, Object.keys(readers))
    const hint =
      nearest === undefined ? `there are ${Object.keys(readers).join(', ')}` : `did you mean '${nearest}'?`
    throw new GrammarError(name, `there is no statement '${name.text}'`, hint)
  }
  reader.expect('(')
  const result = read(reader)
  reader.expect(')')
  return result
}

function readListCall(reader: TokenReader): { list: Read<string>; argument: Read<EffectArgument> } {
  const list = readIdentifier(reader)
  reader.expect(',')
  return { list, argument: readArgument(reader) }
}

/** `spawn('Type', 'Action' [, store_field [, id]])` */
function readSpawn(reader: TokenReader): Parts {
  const type = readQuoted(reader, 'an entity type')
  reader.expect(',')
  const action = readQuoted(reader, 'an action')
  const storeField = reader.take(',') ? readIdentifier(reader) : undefined
  const id = storeField !== undefined && reader.take(',') ? readArgument(reader) : undefined
  const effect: Effect = {
    kind: 'spawn',
    entityType: type.value,
    action: action.value,
    ...(storeField === undefined ? {} : { storeField: storeField.value }),
    ...(id === undefined ? {} : { id: id.value }),
  }
  const spans = {
    target: action.span,
    entityType: type.span,
    ...(storeField === undefined ? {} : { field: storeField.span }),
    ...(id === undefined ? {} : { argument: id.span }),
  }
  return { effect, spans }
}

function readIdentifier(reader: TokenReader): Read<string> {
  const hint = reader.peek().kind === 'text' ? 'a variable is written without quotes' : undefined
  if (reader.peek().kind !== 'name') return reader.fail('a variable', hint)
  const token = reader.next()
  return { value: token.text, span: token }
}

function readQuoted(reader: TokenReader, what: string): Read<string> {
  const token = reader.peek()
  if (token.kind !== 'text') {
    return reader.fail(
      `${what} in quotes`,
      token.kind === 'name' ? `write '${token.text}' in single quotes` : undefined,
    )
  }
  reader.next()
  return { value: token.value, span: token }
}

function readArgument(reader: TokenReader): Read<EffectArgument> {
  const { start, kind } = reader.peek()
  const spanned = (value: EffectArgument) => ({ value, span: { start, end: reader.lastEnd } })
  if (isAtLiteral(reader)) {
    const value = readLiteral(reader)
    return spanned({ kind: 'literal', value })
  }
  if (kind !== 'name') return reader.fail('a value, a variable or params.name')
  const { text } = reader.next()
  if (text !== 'params' || !reader.take('.')) return spanned({ kind: 'variable', name: text })
  const name = reader.expectName('the name of a param').text
  return spanned({ kind: 'param', name })
}
