import { compareSpecs } from '@perdure/core'
import type { EntitySpec, UpcastSpec } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { paramOf, ruleOf, specOf, variableOf } from '../helpers/spec-of.ts'

const before = specOf({
  variables: [variableOf('turns', 'counter'), variableOf('text')],
  actions: [ruleOf('Say', { params: [paramOf('text'), paramOf('tone')] }), ruleOf('Close', { to: 'Closed' })],
})
const change = (parts: Partial<EntitySpec>, upcast?: Partial<UpcastSpec>) => {
  const none = { renameAction: {}, renameParam: {}, renameStatus: {}, renameVariable: {}, defaultParam: {} }
  const upcasts = upcast === undefined ? [] : [{ fromVersion: 1, ...none, ...upcast }]
  return compareSpecs(before, { ...before, version: 2, upcasts, ...parts })
}

describe('two specs of a type', () => {
  it('that are the same, or one of which only adds, have no differences', () => {
    expect(compareSpecs(before, before)).toEqual([])
    expect(
      change({ states: [...before.states, 'Lost'], variables: [...before.variables, variableOf('more')] }),
    ).toEqual([])
    expect(change({ actions: [...before.actions, ruleOf('More', { params: [paramOf('x')] })] })).toEqual([])
  })

  it('differ by the statuses, variables and fields that are gone', () => {
    expect(change({ states: ['Open', 'Ended'], terminal: ['Ended'] })).toContainEqual({
      kind: 'status_removed',
      status: 'Closed',
    })
    expect(change({ variables: [variableOf('text')] })).toEqual([
      { kind: 'variable_removed', variable: 'turns' },
    ])
    const actions = [ruleOf('Say', { params: [paramOf('text')] }), ruleOf('Close')]
    expect(change({ actions })).toEqual([
      { kind: 'field_removed', field: 'tone' },
      { kind: 'param_removed', action: 'Say', param: 'tone' },
    ])
    expect(change({ actions, strictActionParams: false })).toEqual([{ kind: 'field_removed', field: 'tone' }])
  })

  it('differ by types, by what is required, and by actions', () => {
    const variables = [variableOf('turns', 'int'), variableOf('text')]
    expect(change({ variables })).toEqual([
      { kind: 'variable_type_changed', variable: 'turns', before: 'counter', after: 'int' },
    ])
    const say = ruleOf('Say', {
      params: [paramOf('text', 'string', { required: true }), paramOf('tone', 'int')],
    })
    expect(change({ actions: [say] })).toEqual([
      { kind: 'param_type_changed', action: 'Say', param: 'tone', before: 'string', after: 'int' },
      { kind: 'param_required', action: 'Say', param: 'text' },
      { kind: 'action_removed', action: 'Close' },
    ])
  })

  it('do not differ by what an upcast renames', () => {
    const renamed = {
      states: ['Open', 'Ended'],
      variables: [variableOf('rounds', 'counter'), variableOf('words')],
      actions: [
        ruleOf('Tell', { params: [paramOf('words'), paramOf('mood')] }),
        ruleOf('Close', { to: 'Ended' }),
      ],
    }
    const upcast = {
      renameStatus: { Closed: 'Ended' },
      renameVariable: { turns: 'rounds', text: 'words' },
      renameParam: { text: 'words', tone: 'mood' },
      renameAction: { Say: 'Tell' },
    }
    expect(change(renamed, upcast)).toEqual([])
    expect(change(renamed, { ...upcast, renameStatus: {} })).toEqual([
      { kind: 'status_removed', status: 'Closed' },
    ])
  })

  it('differ by a version that was lowered', () => {
    expect(compareSpecs({ ...before, version: 3 }, before)).toEqual([
      { kind: 'version_lowered', before: 3, after: 1 },
    ])
  })
})
