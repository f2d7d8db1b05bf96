import { expect, test } from 'vitest'
import { fieldPolicies } from '../../src/fields/field-policy.ts'
import { syncFields } from '../../src/fields/sync-fields.ts'

test('the status stays inline whatever the ceiling', () => {
  const change = { value: { kind: 'value', value: 'Configured' }, sequence: 1, at: 0 } as const
  const { fields, refs } = syncFields(
    fieldPolicies([], 0),
    { fields: {}, refs: {} },
    new Map([
      ['status', change],
      ['note', change],
    ]),
  )
  expect(fields).toEqual({ status: 'Configured' })
  expect(Object.keys(refs)).toEqual(['note'])
})
