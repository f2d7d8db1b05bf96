// Whole files of the older dialect, each beside a file of today that means the same, written without the parser's help.
import * as fc from 'fast-check'

import { actionSection, integrationsOf, legacyAction, section } from './legacy-actions.ts'
import type { LegacyAction, Section } from './legacy-actions.ts'
import { actionNames, conditionPair, guardPair, states } from './legacy-fragments.ts'
import type { ConditionPair } from './legacy-fragments.ts'

/** A file in both dialects. */
export interface LegacyFile {
  readonly older: string
  readonly today: string
}

const variables: fc.Arbitrary<Section> = fc
  .record({
    count: fc.nat({ max: 5 }),
    whole: fc.integer({ min: -5, max: 5 }),
    ratio: fc.constantFrom('0', '1.5', '-2.25'),
    flag: fc.boolean(),
    int: fc.constantFrom('integer', 'uint64', 'uint32', 'int64', 'int32', 'long', 'int'),
    number: fc.constantFrom('float', 'double', 'number'),
    bool: fc.constantFrom('boolean', 'bool'),
    string: fc.constantFrom('status', 'datetime', 'uuid', 'text', 'string'),
    list: fc.constantFrom('"[]"', '""', '[]'),
    ceiling: fc.nat({ max: 4096 }),
    isIndexed: fc.boolean(),
  })
  .map(({ count, whole, ratio, flag, int, number, bool, string, list, ceiling, isIndexed }) => {
    const state = (name: string, type: string, ...rest: readonly string[]) => [
      '[[state]]',
      `name = "${name}"`,
      `type = "${type}"`,
      ...rest,
    ]
    const owner = state('owner', 'ref', 'entity_type = "User"')
    return section(
      [
        ...state('count', 'counter', `initial = "${count}"`),
        ...state('whole', int, `initial = "${whole}"`),
        ...state('ratio', number, `initial = "${ratio}"`),
        ...state('flag', bool, `initial = "${flag}"`),
        ...state('tags', 'list', `initial = ${list}`, `overflow_inline_max_bytes = "${ceiling}"`),
        ...state('due', string, 'initial = ""', `query_indexed = "${isIndexed}"`),
        ...owner,
      ],
      [
        ...state('count', 'counter', `initial = ${count}`),
        ...state('whole', 'int', `initial = ${whole}`),
        ...state('ratio', 'number', `initial = ${ratio}`),
        ...state('flag', 'bool', `initial = ${flag}`),
        ...state('tags', 'list', `overflow_inline_max_bytes = ${ceiling}`),
        ...state('due', 'string', `query_indexed = ${isIndexed}`),
        ...owner,
      ],
    )
  })

const liveness = (index: number, keys: readonly string[]) => ['[[liveness]]', `name = "L${index}"`, ...keys]
const state = fc.constantFrom(...states)

/** An invariant, or what the older dialect calls one. */
const property = (index: number): fc.Arbitrary<Section> => {
  const head = ['[[invariant]]', `name = "L${index}"`]
  return fc.oneof(
    fc.tuple(guardPair, state).map(([{ older, today }, when]) => {
      const assert = older.kind === 'text' ? JSON.stringify(older.text) : JSON.stringify(today)
      const lines = [...head, `when = ["${when}"]`]
      return section([...lines, `assert = ${assert}`], [...lines, `assert = ${JSON.stringify(today)}`])
    }),
    state.map((s) => section([...head, `assert = "never(${s})"`], [...head, `assert = "status != '${s}'"`])),
    fc
      .tuple(state, state)
      .map(([a, b]) =>
        section(
          [...head, `assert = "ordering(${a},${b})"`],
          liveness(index, [`from = ["${b}"]`, `preceded_by = ["${a}"]`]),
        ),
      ),
    fc.constant(section(liveness(index, ['from = ["New"]', 'reaches = ["Done"]']))),
  )
}

const fieldInvariant = (index: number): fc.Arbitrary<Section> =>
  fc
    .tuple(fc.option(conditionPair), conditionPair)
    .map(([when, require]: readonly [ConditionPair | null, ConditionPair]) => {
      const head = ['[[field_invariant]]', `name = "F${index}"`]
      const assert = when === null ? require.today : `(${when.today}) => (${require.today})`
      return section(
        [...head, ...(when === null ? [] : [`when = ${when.older}`]), `require = ${require.older}`],
        [...head, `assert = ${JSON.stringify(assert)}`],
      )
    })

const integration: fc.Arbitrary<Section> = fc.constantFrom('http', 'wasm', 'handler').map((type) => {
  const head = ['[[integration]]', 'name = "work"', 'trigger = "Go"']
  const rest = ['url = "https://example.test/"', 'on_failure = "Add"']
  const today = type === 'http' ? ['type = "handler"', 'module = "http"'] : [`type = "${type}"`]
  return section([...head, `type = "${type}"`, ...rest], [...head, ...today, ...rest])
})

const webhook: fc.Arbitrary<Section> = fc
  .constantFrom(
    ['query_param', 'query'],
    ['body_field', 'body'],
    ['header', 'header'],
    ['path_param', 'path'],
  )
  .map(([lookup, source]) => {
    const head = ['[[webhook]]', 'name = "hook"', 'path = "hook"', 'action = "Go"']
    return section(
      [...head, `entity_lookup = "${lookup}"`, 'entity_param = "p"'],
      [...head, `entity_id = "${source}.p"`],
    )
  })

const timeout: fc.Arbitrary<Section> = fc.integer({ min: 1, max: 99 }).map((seconds) => {
  const head = ['[[state_timeout]]', 'state = "Busy"', 'on_timeout = "Go"']
  const args = '{ note = "late" }'
  return section(
    [...head, `after_seconds = "${seconds}"`, `params = ${args}`],
    [...head, `after_seconds = ${seconds}`, `args = ${args}`],
  )
})

const optional = (arbitrary: fc.Arbitrary<Section>): fc.Arbitrary<readonly Section[]> =>
  fc.option(arbitrary).map((section) => (section === null ? [] : [section]))

/** Comments at random lines; none inside a line, where it might be inside a string. */
function addComments(lines: readonly string[], gaps: readonly number[]): readonly string[] {
  const at = new Set(gaps.map((gap) => gap % lines.length))
  return lines.flatMap((line, index) => (at.has(index) ? [line, `# remark ${index}`] : [line]))
}

/** Any file of the older dialect that loads, in every form the dialect has, with comments, in either line ends. */
export const legacyFile: fc.Arbitrary<LegacyFile> = fc
  .record({
    variables,
    actions: fc
      .array(legacyAction, { minLength: 1, maxLength: 4 })
      .filter((actions) => integrationsOf(actions) !== undefined),
    properties: fc.tuple(...[0, 1, 2].map((index) => optional(property(index)))),
    fieldInvariants: fc.tuple(...[0, 1].map((index) => optional(fieldInvariant(index)))),
    host: fc.tuple(optional(integration), optional(webhook), optional(timeout)),
    isFinal: fc.boolean(),
    comments: fc.array(fc.nat(), { maxLength: 6 }),
    lineBreak: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ variables, actions, properties, fieldInvariants, host, isFinal, comments, lineBreak }) => {
    const needed = actionNames.map((name): LegacyAction => ({
      name,
      from: ['New'],
      to: undefined,
      guards: [],
      effects: [],
      extras: [{ name: 'note', older: '"note"', today: '"note"' }],
      layouts: ['one', 'one'],
    }))
    const head = ['[automaton]', 'name = "Older"', `states = ${JSON.stringify(states)}`, 'initial = "New"']
    const final = ['[[invariant]]', 'name = "Final"', 'when = ["Done"]', 'assert = "no_further_transitions"']
    const sections = [
      variables,
      ...[...actions, ...needed].map(actionSection),
      ...[...properties, ...fieldInvariants, ...host].flat(),
    ]
    const implicit = new Set(
      actions.flatMap(({ effects }) => effects.flatMap((e) => e.implicitVariable ?? [])),
    )
    const older = [...head, ...sections.flatMap((each) => each.older), ...(isFinal ? final : [])]
    const today = [
      ...head,
      ...(isFinal ? ['terminal = ["Done"]'] : []),
      ...sections.flatMap((each) => each.today),
      ...[...implicit].flatMap((name) => ['[[state]]', `name = "${name}"`]),
      ...(integrationsOf(actions) ?? []),
    ]
    return {
      older: `${addComments(older, comments).join(lineBreak)}${lineBreak}`,
      today: `${today.join('\n')}\n`,
    }
  })
