import { parseEffect, parseExpression, printEffect, printExpression } from '@perdure/spec-parser'
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'

import { effect, expression } from './arbitraries.ts'

test.prop([expression])('parsing what an expression prints gives the same expression', (tree) => {
  expect(parseExpression(printExpression(tree))).toMatchObject({ kind: 'expression', expression: tree })
})

test.prop([effect])('parsing what an effect prints gives the same effect', (statement) => {
  expect(parseEffect(printEffect(statement))).toMatchObject({ kind: 'effect', effect: statement })
})

const pieces = fc.array(
  fc.constantFrom(
    '(',
    ')',
    '!',
    '&&',
    '||',
    '=>',
    '==',
    '<',
    '+',
    '-',
    'a',
    'params',
    '.',
    'in',
    'not',
    '[',
    ']',
    ',',
    "'",
    "'x'",
    '\\',
    '1',
    '0.5',
    'status',
    'len',
    'empty',
    ' ',
    '=',
    '\uD800',
    '"',
  ),
  { maxLength: 30 },
)

test.prop([
  fc.oneof(
    fc.string({ unit: 'binary' }),
    pieces.map((parts) => parts.join('')),
  ),
])('any text is an expression or has one fault inside it', (text) => {
  for (const result of [parseExpression(text), parseEffect(text)]) {
    if (result.kind !== 'fault') continue
    expect(result.span.start).toBeGreaterThanOrEqual(0)
    expect(result.span.end).toBeGreaterThanOrEqual(result.span.start)
    expect(result.span.end).toBeLessThanOrEqual(text.length)
  }
})

test.prop([pieces.map((parts) => parts.join(' '))])(
  'what an expression prints is printed the same again',
  (text) => {
    const result = parseExpression(text)
    if (result.kind === 'fault') return
    const printed = printExpression(result.expression)
    expect(parseExpression(printed)).toMatchObject({ kind: 'expression', expression: result.expression })
  },
)
