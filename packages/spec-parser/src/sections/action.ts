import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode, TextNode, TomlNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import type { Located } from './located.ts'
import { readKeys, wrongType } from './read-keys.ts'
import { checkActionName, checkFieldName, checkUnique } from './read-name.ts'
import { valueTypes } from './value-types.ts'

interface ParamKeys {
  readonly name: 'text'
  readonly type: 'text'
  readonly required: 'flag'
  readonly transient: 'flag'
  readonly entity_type: 'text'
  readonly amount: 'flag'
}

/** The keys of a param that is written as a table. */
export const paramKeys: RulesOf<ParamKeys> = {
  name: { type: 'text', required: true, about: 'The name of the param.' },
  type: {
    type: 'text',
    oneOf: valueTypes,
    about: 'What it holds; that of the variable of the same name, else string, when left out.',
  },
  required: { type: 'flag', fallback: false, about: 'Must be given, and not null.' },
  transient: { type: 'flag', fallback: false, about: 'Kept in the event but not put into the fields.' },
  entity_type: { type: 'text', about: 'The entity type that a `ref` points at.' },
  amount: {
    type: 'flag',
    fallback: false,
    about: 'A number that is never negative; text such as "12" is read as the number.',
  },
}

interface ActionKeys {
  readonly name: 'text'
  readonly kind: 'text'
  readonly from: 'texts'
  readonly to: 'text'
  readonly guard: 'text'
  readonly effect: 'custom'
  readonly params: 'custom'
  readonly hint: 'text'
}

/** The keys of `[[action]]`. */
export const actionKeys: RulesOf<ActionKeys> = {
  name: { type: 'text', required: true, about: 'The action. Several rules may share a name.' },
  kind: {
    type: 'text',
    oneOf: ['input', 'internal', 'output'],
    fallback: 'internal',
    about: 'Who starts it: the outside, the system, or nobody (a notification).',
  },
  from: { type: 'texts', about: 'Statuses it leaves; any that is not terminal when left out.' },
  to: { type: 'text', about: 'The status it enters; it stays when left out.' },
  guard: { type: 'text', about: 'An expression over the state before the action and `params.x`.' },
  effect: {
    type: 'custom',
    schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    about: 'One statement or several, applied in order after the status change.',
  },
  params: {
    type: 'custom',
    schema: { type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/param' }] } },
    about: 'Names, or tables with more detail.',
  },
  hint: { type: 'text', about: 'Documentation.' },
}

/** One param as written: a bare name, or a table. */
export type ParamSection = ValuesOf<ParamKeys>

/** One `[[action]]` as written. */
export type ActionSection = Omit<ValuesOf<ActionKeys>, 'params' | 'effect'> & {
  readonly params: readonly ParamSection[]
  readonly effects: readonly TextNode[]
  readonly table: TableNode
}

/** Reads one `[[action]]`; its guard and effects stay text here. */
export function readAction(table: TableNode, issues: IssueList): ActionSection {
  const section = readKeys(table, actionKeys, '[[action]]', issues)
  if (section.name !== undefined) checkActionName(section.name, issues)
  const params = readParams(section.params, issues)
  return { ...section, params, effects: readEffects(section.effect, issues), table }
}

function readParams(node: TomlNode | undefined, issues: IssueList): readonly ParamSection[] {
  if (node === undefined) return []
  if (node.kind !== 'array') {
    wrongType(node, "'params' of [[action]]", 'an array of names or tables', issues)
    return []
  }
  const params = node.items.flatMap((item) => readParam(item, issues) ?? [])
  const names = params.flatMap((param) => param.name ?? [])
  for (const name of names) checkFieldName(name, 'a param', issues)
  checkUnique(names, 'the param', issues)
  return params
}

function readParam(node: TomlNode, issues: IssueList): ParamSection | undefined {
  switch (node.kind) {
    case 'text':
      return bareParam(node)
    case 'table':
      return readKeys(node, paramKeys, 'a param', issues)
    default:
      return wrongType(node, 'a param', 'a name or a table', issues)
  }
}

function bareParam(name: Located<string>): ParamSection {
  return {
    name,
    type: undefined,
    required: undefined,
    transient: undefined,
    entity_type: undefined,
    amount: undefined,
  }
}

function readEffects(node: TomlNode | undefined, issues: IssueList): readonly TextNode[] {
  if (node === undefined) return []
  if (node.kind === 'text') return [node]
  if (node.kind !== 'array') {
    wrongType(node, "'effect' of [[action]]", 'a statement or an array of statements', issues)
    return []
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'text') return item
    return wrongType(item, "an element of 'effect'", 'a statement such as "turns += 1"', issues) ?? []
  })
}
