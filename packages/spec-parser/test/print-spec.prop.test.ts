import { fc, test } from '@fast-check/vitest'
import { formatSpec, generateTypes, parseSpec, printSpec, toMermaid } from '@perdure/spec-parser'
import { expect } from 'vitest'

import { entitySpec } from './arbitrary-spec.ts'

test.prop([entitySpec])('parsing what a spec prints gives the same spec', (spec) => {
  const printed = printSpec(spec)
  const result = parseSpec(printed)
  expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(result.spec).toEqual(spec)
  expect(printSpec(result.spec ?? spec)).toBe(printed)
})

test.prop([entitySpec])('a printed spec is formatted already', (spec) => {
  const printed = printSpec(spec)
  expect(formatSpec(printed)).toBe(printed)
})

test.prop([entitySpec])('every spec has types and a diagram', (spec) => {
  expect(generateTypes([spec])).toContain(`export interface ${spec.name}Actions`)
  expect(toMermaid(spec).split('\n').length).toBeGreaterThan(1)
})

test.prop([fc.string({ unit: 'binary' })])('formatting any text twice is formatting it once', (text) => {
  const once = formatSpec(text)
  expect(formatSpec(once)).toBe(once)
})
