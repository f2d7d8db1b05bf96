// What [[upcast]] may say. Each mistake has its near miss.
import { parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

const spec = (upcasts: string) => `[automaton]
name = "Sample"
version = 3
states = ["A", "B", "Deleted"]
initial = "A"
terminal = ["B"]

[[state]]
name = "remark"

[[state]]
name = "turns"
type = "counter"

[[action]]
name = "Go"
from = ["A"]
to = "B"
params = ["remark", { name = "times", type = "int" }]
effect = "turns += 1"

${upcasts}
`
const upcast = (from: number, ...lines: readonly string[]) =>
  ['[[upcast]]', `from_version = ${from}`, ...lines, ''].join('\n')
const codes = (text: string) =>
  parseSpec(spec(text))
    .issues.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code)
const only = (...lines: readonly string[]) => codes(upcast(2, ...lines))

describe('an upcast', () => {
  it('renames no event of the framework and no tombstone', () => {
    expect(only('rename_action = { Created = "Go" }')).toEqual(['reserved_name'])
    expect(only('rename_action = { Start = "Go" }')).toEqual([])
    expect(only('rename_status = { Deleted = "A" }')).toEqual(['reserved_name'])
    expect(only('rename_status = { A = "Deleted" }')).toEqual(['reserved_name'])
    expect(only('rename_status = { Gone = "B" }')).toEqual([])
    expect(only('rename_variable = { status = "remark" }')).toEqual(['reserved_name'])
    expect(only('rename_param = { _x = "remark" }')).toEqual(['reserved_name'])
    expect(only('rename_param = { x = "remark" }')).toEqual([])
  })

  it('lets no two variables become one, though several params and statuses may', () => {
    expect(only('rename_variable = { a = "turns", b = "turns" }')).toEqual(['duplicate_name'])
    expect(only('rename_variable = { a = "turns", b = "remark" }')).toEqual([])
    expect(
      only('rename_param = { a = "remark", b = "remark" }', 'rename_status = { X = "A", Y = "A" }'),
    ).toEqual([])
  })

  it('leads variables to any field there is', () => {
    expect(only('rename_variable = { a = "times" }')).toEqual([])
    expect(only('rename_variable = { a = "tims" }')).toEqual(['unknown_variable'])
  })

  it('gives defaults to params that an action takes today, perhaps under a later name', () => {
    expect(only('default_param = { remark = "none" }')).toEqual([])
    expect(only('default_param = { remarks = "none" }')).toEqual(['unknown_variable'])
    expect(
      codes(upcast(1, 'default_param = { r = "none" }') + upcast(2, 'rename_param = { r = "remark" }')),
    ).toEqual([])
    expect(
      codes(upcast(2, 'default_param = { r = "none" }') + upcast(1, 'rename_param = { r = "remark" }')),
    ).toEqual(['unknown_variable'])
  })

  it('gives defaults that the param would take', () => {
    expect(only('default_param = { times = "none" }')).toEqual(['type_mismatch'])
    expect(only('default_param = { times = 1 }')).toEqual([])
  })
})
