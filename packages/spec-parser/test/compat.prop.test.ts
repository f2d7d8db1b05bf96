// Whatever the older dialect can say: what it means when it loads, what it means when it has been migrated, and what a
// text written by hand says it means are one and the same.
import { fc, test } from '@fast-check/vitest'
import { compileModel, decide, evolve, unborn } from '@perdure/core'
import type {
  Command,
  Decision,
  EntityEvent,
  EntityModel,
  EntitySpec,
  EntityState,
  JsonObject,
  JsonValue,
  Knowledge,
} from '@perdure/core'
import { migrateSpec } from '@perdure/spec-parser'
import { parse } from 'smol-toml'
import type { TomlTable } from 'smol-toml'
import { expect } from 'vitest'

import { tomlKey, tomlValue } from '../src/toml/toml-text.ts'
import { legacyFile } from './arbitrary-legacy.ts'
import { parsed } from './helpers.ts'
import { actionNames, states } from './legacy-fragments.ts'

/** A spec without the list that migration adds final states to. */
const withoutTerminal = (spec: EntitySpec) => ({ ...spec, terminal: [] })

test.prop([legacyFile])('an older file means what its text of today means', ({ older, today }) => {
  expect(parsed(older)).toEqual(parsed(today))
})

test.prop([legacyFile])(
  'a migrated file is the spec that the older one was, but for the final states that are written down',
  ({ older }) => {
    const migrated = migrateSpec(older)
    expect(withoutTerminal(parsed(migrated.text))).toEqual(withoutTerminal(parsed(older)))
    expect(parsed(migrated.text).terminal).toEqual(expect.arrayContaining([...parsed(older).terminal]))
  },
)

test.prop([legacyFile])('a migrated file has no older form left and every comment', ({ older }) => {
  const migrated = migrateSpec(older)
  expect(migrated.issues.filter(({ code }) => code === 'legacy_form')).toEqual([])
  expect(migrateSpec(migrated.text).text).toBe(migrated.text)
  const remarks = (text: string) => text.match(/# remark \d+/g) ?? []
  expect(remarks(migrated.text).toSorted()).toEqual(remarks(older).toSorted())
})

/** The same document with its sections as values: in arrays of inline tables, in dotted keys, or some of them under headers. */
function fold(text: string, shapes: readonly ('inline' | 'dotted' | 'header')[], lineBreak: string): string {
  let remark = 0
  const table = (value: TomlTable) => tomlValue(value as JsonObject)
  const early: string[] = []
  const late: string[] = []
  Object.entries(parse(text)).forEach(([key, value], index) => {
    const tables = (Array.isArray(value) ? value : [value]) as readonly TomlTable[]
    const shape = shapes[index % shapes.length]
    if (shape === 'header') {
      const header = Array.isArray(value) ? `[[${key}]]` : `[${key}]`
      late.push(...tables.flatMap((one) => [header, ...keys(one)]))
    } else if (Array.isArray(value)) {
      const items = tables.map(
        (one) => `# remark ${remark++} of ${key}\n  ${table(one)}, # remark ${remark++}`,
      )
      early.push(`${key} = [ # remark ${remark++}`, ...items, `] # remark ${remark++}`)
    } else if (shape === 'dotted')
      early.push(...tables.flatMap((one) => keys(one).map((line) => `${key}.${line}`)))
    else early.push(...tables.map((one) => `${key} = ${table(one)}`))
  })
  return [...early, ...late, ''].join('\n').replaceAll('\n', lineBreak)
}

function keys(table: TomlTable): readonly string[] {
  return Object.entries(table).map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value as JsonValue)}`)
}

/** Grouping the sections moves an older ordering past liveness properties, of which the order means nothing. */
const ordered = (spec: EntitySpec) => ({
  ...spec,
  liveness: spec.liveness.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
})

const shapes = fc.array(fc.constantFrom('inline' as const, 'dotted' as const, 'header' as const), {
  minLength: 1,
  maxLength: 4,
})

test.prop([legacyFile, shapes, fc.constantFrom('\n', '\r\n')])(
  'sections written as values mean and become the same as those under headers, every comment included',
  ({ older }, shapes, lineBreak) => {
    const folded = fold(older, shapes, lineBreak)
    expect(ordered(parsed(folded))).toEqual(ordered(parsed(older)))
    const migrated = migrateSpec(folded)
    expect(
      migrated.issues.filter(({ code, severity }) => severity === 'error' || code === 'legacy_form'),
    ).toEqual([])
    expect(withoutTerminal(parsed(migrated.text))).toEqual(withoutTerminal(parsed(folded)))
    expect(parsed(migrated.text).terminal).toEqual(expect.arrayContaining([...parsed(older).terminal]))
    const remarks = (text: string) => text.match(/# remark \d+/g) ?? []
    expect(remarks(migrated.text).toSorted()).toEqual(remarks(folded).toSorted())
    if (lineBreak === '\r\n') expect(migrated.text.replaceAll('\r\n', '')).not.toContain('\n')
  },
)

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.integer({ min: -2, max: 9 }),
  fc.constantFrom('3', '12', '-1', '1.5', 'x', "it's", ''),
  fc.constantFrom(0.5, true, false, null),
  fc.array(fc.constantFrom('x', 'two words'), { maxLength: 3 }),
)
const names = [
  'count',
  'whole',
  'ratio',
  'flag',
  'tags',
  'due',
  'owner',
  'note',
  'money',
  'key',
  'tags_index',
]
const paramName = fc.constantFrom(...names, 'count_by', 'whole_by', 'ratio_by', 'count_to', 'ratio_to')
const params = fc.dictionary(paramName, value, { maxKeys: 5 })

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('action' as const),
      action: fc.constantFrom(...actionNames),
      params,
      meta: fc.constant({}),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('updateFields' as const),
      fields: params,
      meta: fc.constant({}),
    }),
  },
)

const entity = { tenant: 'default', type: 'Older', id: 'o-1' }

function decideIn(
  model: EntityModel,
  state: EntityState,
  command: Command,
  related: string | null,
): Decision {
  const context = { entity, now: 1000, eventId: `e-${state.version + 1}`, spawnId: (at: number) => `s-${at}` }
  const decision = decide(model, state, command, context)
  if (decision.kind !== 'needs') return decision
  const statuses = [...decision.needs.related.keys()].map((key) => [key, related] as const)
  const knowledge: Knowledge = { related: new Map(statuses) }
  return decide(model, state, command, { ...context, knowledge })
}

/** What a decision comes to, without what must differ: the hash of the spec, and where a refusal says one may go on. */
function outcome(decision: Decision): unknown {
  if (decision.kind === 'event') return { ...decision.event, specHash: '' }
  if (decision.kind === 'needs') return decision
  const { code, message, failing } = decision.rejection
  return code === 'wrong_status' ? { code } : { code, message, failing }
}

const walk = fc.array(
  fc.record({
    command,
    related: fc.constantFrom('Active', 'Gone', null),
    status: fc.option(fc.constantFrom(...states), { freq: 4 }),
  }),
  { maxLength: 12 },
)

test.prop([legacyFile, params, walk])(
  'an older file and its migrated form decide alike in every state',
  ({ older }, fields, steps) => {
    const before = compileModel(parsed(older))
    const after = compileModel(parsed(migrateSpec(older).text))
    const events: EntityEvent[] = []
    const advance = (state: EntityState, command: Command, related: string | null) => {
      const decision = decideIn(before, state, command, related)
      expect(outcome(decideIn(after, state, command, related))).toEqual(outcome(decision))
      if (decision.kind !== 'event') return state
      events.push(decision.event)
      return evolve(before, state, [decision.event]).state
    }
    const create = (fields: Command & { kind: 'create' }) => advance(unborn, fields, null)
    let state = create({ kind: 'create', fields, meta: {} })
    if (events.length === 0) state = create({ kind: 'create', fields: {}, meta: {} })
    fc.pre(events.length > 0)
    // Statuses are set by hand too: what a rule would do in a state must not hang on whether a run gets there.
    for (const { command, related, status } of steps) {
      state = advance(status === null ? state : { ...state, status }, command, related)
    }
  },
)
