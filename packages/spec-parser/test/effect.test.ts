import { parseEffect, printEffect } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { errorsOf, parsed, specText } from './helpers.ts'

const action = (effect: string) =>
  specText(
    `[[action]]\nname = "E"\nparams = ["p", { name = "n", type = "int" }, { name = "r", type = "number" }, "tags"]\neffect = ${JSON.stringify(effect)}`,
  )

describe('parseEffect', () => {
  it.each([
    ["text = 'a'", { kind: 'assign', variable: 'text', value: { kind: 'literal', value: 'a' } }],
    ['x = other', { kind: 'assign', variable: 'x', value: { kind: 'variable', name: 'other' } }],
    ['x += params.n', { kind: 'add', variable: 'x', amount: { kind: 'param', name: 'n' } }],
    ['x -= 2', { kind: 'subtract', variable: 'x', amount: { kind: 'literal', value: 2 } }],
    ['x = -2.5', { kind: 'assign', variable: 'x', value: { kind: 'literal', value: -2.5 } }],
    ["append(l, 'a')", { kind: 'append', variable: 'l', item: { kind: 'literal', value: 'a' } }],
    ['remove(l, params.p)', { kind: 'remove', variable: 'l', item: { kind: 'param', name: 'p' } }],
    ['remove_at(l, 0)', { kind: 'removeAt', variable: 'l', index: { kind: 'literal', value: 0 } }],
    ['clear(l)', { kind: 'clear', variable: 'l' }],
    ["schedule('Go', 60)", { kind: 'schedule', action: 'Go', seconds: { kind: 'literal', value: 60 } }],
    ["schedule_at('Go', due)", { kind: 'scheduleAt', action: 'Go', field: 'due' }],
    ["cancel('Go')", { kind: 'cancel', action: 'Go' }],
    ["emit('done')", { kind: 'emit', name: 'done' }],
    ["spawn('T', 'Go')", { kind: 'spawn', entityType: 'T', action: 'Go' }],
    ["spawn('T', 'Go', child)", { kind: 'spawn', entityType: 'T', action: 'Go', storeField: 'child' }],
    [
      "spawn('T', 'Go', child, params.id)",
      {
        kind: 'spawn',
        entityType: 'T',
        action: 'Go',
        storeField: 'child',
        id: { kind: 'param', name: 'id' },
      },
    ],
  ])('reads %s, and prints it back', (text, effect) => {
    const result = parseEffect(text)
    expect(result).toMatchObject({ kind: 'effect', effect })
    expect(result.kind === 'effect' && printEffect(result.effect)).toBe(text)
  })

  it.each([
    ['', 0, 0],
    ['x', 1, 1],
    ['x ++ 1', 2, 3],
    ['x = ', 4, 4],
    ['x = 1 y', 6, 7],
    ['appendd(l, 1)', 0, 7],
    ['append(l)', 8, 9],
    ["append('l', 1)", 7, 10],
    ['schedule(Go, 1)', 9, 11],
    ['toString(x)', 0, 8],
    ["x = 'a' + 'b'", 8, 9],
  ])('refuses %j and points at it', (text, start, end) => {
    expect(parseEffect(text)).toMatchObject({ kind: 'fault', span: { start, end } })
  })
})

describe('an effect against the names of its spec', () => {
  it.each([
    'count += params.n',
    'ratio -= params.r',
    'whole += -3',
    'text = params.p',
    'data = tags',
    'data = null',
    'owner = null',
    'tags = unique',
    'append(tags, params.p)',
    'remove(unique, text)',
    'remove_at(tags, count)',
    "schedule('Go', params.n)",
    "schedule_at('Go', p)",
    "spawn('Child', 'Start', owner, text)",
    'clear(flag)',
  ])('accepts %s', (effect) => expect(errorsOf(action(effect))).toEqual([]))

  it.each([
    ['nothing += 1', 'unknown_variable'],
    ['text = nothing', 'unknown_variable'],
    ['text = params.nothing', 'unknown_variable'],
    ['text += 1', 'type_mismatch'],
    ['count += 1.5', 'type_mismatch'],
    ['count += -1', 'type_mismatch'],
    ['count += params.r', 'type_mismatch'],
    ['count += params.p', 'type_mismatch'],
    ['count = -1', 'type_mismatch'],
    ['flag = 1', 'type_mismatch'],
    ['text = null', 'type_mismatch'],
    ['text = count', 'type_mismatch'],
    ["append(text, 'a')", 'type_mismatch'],
    ['append(tags, params.tags)', 'type_mismatch'],
    ['remove_at(unique, 0)', 'type_mismatch'],
    ["remove_at(tags, 'a')", 'type_mismatch'],
    ["schedule('Gone', 1)", 'unknown_action'],
    ["schedule('Go', -1)", 'type_mismatch'],
    ["schedule_at('Go', nothing)", 'unknown_variable'],
    ["cancel('Gone')", 'unknown_action'],
    ["spawn('Child', 'Start', nothing)", 'unknown_variable'],
    ["spawn('Child', 'Start', count)", 'type_mismatch'],
    ["spawn('Child', 'Start', owner, 3)", 'type_mismatch'],
    ['text =', 'invalid_effect'],
  ])('refuses %s as %s', (effect, code) => {
    expect(errorsOf(action(effect)).map((issue) => issue.code)).toEqual([code])
  })

  it('refuses to schedule an output, which nothing dispatches', () => {
    const text = action("schedule('Out', 1)") + '[[action]]\nname = "Out"\nkind = "output"\n'
    expect(errorsOf(text)).toMatchObject([{ code: 'unknown_action' }])
  })

  it('makes clearing what is no list an assignment of its zero', () => {
    expect(parsed(action('clear(text)')).actions[1]?.effects).toEqual([
      { kind: 'assign', variable: 'text', value: { kind: 'literal', value: '' } },
    ])
    expect(parsed(action('clear(tags)')).actions[1]?.effects).toEqual([{ kind: 'clear', variable: 'tags' }])
  })
})
