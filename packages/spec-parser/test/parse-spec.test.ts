import { readFileSync } from 'node:fs'
import path from 'node:path'

import { parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { errorCodes, errorsOf, parsed, specText } from './helpers.ts'

const session = readFileSync(
  path.resolve(import.meta.dirname, '../../../test/corpus/valid/session.ioa.toml'),
  'utf8',
)

describe('parseSpec', () => {
  it('reads the example of the language page into a whole EntitySpec', () => {
    const spec = parsed(session)
    expect(spec).toMatchObject({
      name: 'Session',
      states: ['Created', 'Configured', 'Running', 'Done', 'Failed'],
      initial: 'Created',
      terminal: ['Done', 'Failed'],
      strictActionParams: true,
      enforceInvariants: true,
      snapshotEvery: 100,
      version: 1,
      allowIndefiniteStates: [],
      stateTimeouts: [],
      integrations: [],
      webhooks: [],
      keys: [],
      upcasts: [],
    })
    expect(spec.variables).toEqual([
      {
        name: 'user_message',
        type: 'string',
        initial: '',
        overflow: { inlineMaxBytes: 4096, journal: 'value' },
        queryIndexed: true,
        sensitive: false,
      },
      {
        name: 'tool_result',
        type: 'json',
        initial: null,
        overflow: { inlineMaxBytes: 1024, ttlSeconds: 3600, journal: 'value' },
        queryIndexed: true,
        sensitive: false,
      },
      {
        name: 'turns',
        type: 'counter',
        initial: 0,
        overflow: { journal: 'value' },
        queryIndexed: true,
        sensitive: false,
      },
    ])
    expect(spec.actions[0]).toEqual({
      name: 'Configure',
      kind: 'input',
      from: ['Created'],
      to: 'Configured',
      effects: [],
      params: [{ name: 'user_message', type: 'string', required: true, transient: false }],
    })
    expect(spec.actions[2]).toMatchObject({
      name: 'RecordTurn',
      effects: [{ kind: 'add', variable: 'turns', amount: { kind: 'literal', value: 1 } }],
      params: [{ name: 'tool_result', type: 'json', required: false }],
    })
    expect(spec.liveness).toEqual([{ name: 'RunsEnd', from: ['Running'], reaches: ['Done', 'Failed'] }])
  })

  it('gives a param the type of the variable of its name, else string', () => {
    const spec = parsed(specText('[[action]]\nname = "Set"\nparams = ["ratio", "other", { name = "owner" }]'))
    expect(spec.actions[1]?.params.map(({ type }) => type)).toEqual(['number', 'string', 'ref'])
  })

  it('names the file in every diagnostic', () => {
    const { issues } = parseSpec('x = 1', { file: 'a/b.ioa.toml' })
    expect(issues.length).toBeGreaterThan(0)
    expect(issues.every(({ file }) => file === 'a/b.ioa.toml')).toBe(true)
  })

  it('gives no spec when there is an error', () => {
    expect(parseSpec(session.replace('to = "Done"', 'to = "Dnoe"')).spec).toBeUndefined()
  })

  it('counts columns from the first character after a byte order mark', () => {
    expect(errorsOf('\uFEFFx = 1')[0]).toMatchObject({ line: 1, column: 1 })
  })

  it('puts the end of what is wrong where it ends', () => {
    const [issue] = errorsOf(specText('[[action]]\nname = "Stay"\nguard = "count > 0 && nothing"'))
    expect(issue).toMatchObject({ code: 'unknown_variable', column: 23, endColumn: 30 })
    expect(issue?.endLine).toBe(issue?.line)
  })

  it('refuses a file over 1 MiB without reading it', () => {
    expect(errorCodes(`# ${'x'.repeat(1024 * 1024)}`)).toEqual(['file_too_large'])
  })

  it.each([undefined, 1_000, 2 * 1024 * 1024])(
    'reads a file of just as many bytes as may be: %s',
    (maxFileBytes) => {
      const options = maxFileBytes === undefined ? {} : { maxFileBytes }
      const text = specText('')
      const room = (maxFileBytes ?? 1024 * 1024) - Buffer.byteLength(text) - '\n# '.length
      const codesOf = (padding: number) =>
        parseSpec(`${text}\n# ${'x'.repeat(padding)}`, options).issues.map(({ code }) => code)
      expect(codesOf(room)).not.toContain('file_too_large')
      expect(codesOf(room + 1)).toEqual(['file_too_large'])
    },
  )

  it.each([
    ['nested arrays', `x = ${'['.repeat(100_000)}`],
    ['nested tables', `x = ${'{a='.repeat(100_000)}`],
    ['a dotted key', `${'a.'.repeat(100_000)}b = 1`],
    ['a dotted header', `[${'a.'.repeat(100_000)}b]`],
  ])('refuses %s 100,000 deep', (_, text) => {
    expect(errorCodes(text)).toEqual(['nesting_too_deep'])
  })

  it('refuses an integer beyond 2^53 where an integer, a setting or an initial value is wanted', () => {
    const big = '9007199254740993'
    expect(errorCodes(session.replace('initial = 0', `initial = ${big}`))).toEqual(['unsafe_integer'])
    expect(errorCodes(session.replace('= 4096', `= ${big}`))).toEqual(['unsafe_integer'])
    expect(errorCodes(specText(`[[state]]\nname = "many"\ntype = "json"\ninitial = { a = ${big} }`))).toEqual(
      ['unsafe_integer'],
    )
  })

  it('keeps keys that prototypes have as keys like any other', () => {
    const spec = parsed(
      specText(
        '[[state]]\nname = "odd"\ntype = "json"\ninitial = { __proto__ = { admin = true }, constructor = 1 }',
      ),
    )
    const initial = spec.variables.at(-1)?.initial
    expect(JSON.stringify(initial)).toBe('{"__proto__":{"admin":true},"constructor":1}')
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'Id',
    'id',
    'Status',
    'status',
    'Deleted',
    '_x',
    'true',
    'in',
    'not',
    'null',
  ])('refuses a variable called %s', (name) =>
    expect(errorCodes(specText(`[[state]]\nname = "${name}"`))).toEqual(['reserved_name']),
  )

  it.each(['Created', 'Deleted', 'FieldsUpdated', '__proto__'])('refuses an action called %s', (name) => {
    expect(errorCodes(specText(`[[action]]\nname = "${name}"`))).toEqual(['reserved_name'])
  })

  it.each([
    ['NUL', String.raw`"a\u0000b"`],
    ['half a surrogate pair', '"a\uD800b"'],
    ['nothing', '""'],
    ['256 bytes', `"${'é'.repeat(128)}"`],
  ])('refuses a name of %s', (_, name) => {
    expect(errorCodes(specText(`[[state]]\nname = ${name}`))).toEqual(['invalid_name'])
    expect(errorCodes(specText(`[[action]]\nname = ${name}`))).toEqual(['invalid_name'])
  })

  it('lets a terminal state be stayed in, not left', () => {
    expect(errorCodes(specText('[[action]]\nname = "Note"\nfrom = ["B"]'))).toEqual([])
    expect(errorCodes(specText('[[action]]\nname = "Note"\nfrom = ["B"]\nto = "B"'))).toEqual([])
    expect(errorCodes(specText('[[action]]\nname = "Back"\nfrom = ["B"]\nto = "A"'))).toEqual([
      'terminal_state_left',
    ])
  })

  it('lets several rules share a name, and no two variables', () => {
    expect(errorCodes(specText('[[action]]\nname = "Go"\nfrom = ["A"]'))).toEqual([])
    expect(errorCodes(specText('[[state]]\nname = "text"'))).toEqual(['duplicate_name'])
  })

  it.each([
    ['string', '1'],
    ['int', '1.5'],
    ['int', '"one"'],
    ['counter', '-1'],
    ['number', '"1e3"'],
    ['number', 'nan'],
    ['bool', '"yes"'],
    ['list', '[1]'],
    ['set', '"a"'],
    ['ref', '1'],
    ['json', '2026-01-01'],
  ])('refuses %s with the initial value %s', (type, value) => {
    expect(errorCodes(specText(`[[state]]\nname = "v"\ntype = "${type}"\ninitial = ${value}`))).toEqual([
      'wrong_type',
    ])
  })

  it.each([
    ['overflow_inline_max_bytes = -1', 'bad_overflow'],
    ['overflow_ttl_seconds = 0', 'bad_overflow'],
    ['overflow_journal = "both"', 'bad_overflow'],
    ['type = "counter"\noverflow_ttl_seconds = 1', 'bad_overflow'],
    ['type = "list"\noverflow_journal = "ref"', 'bad_overflow'],
    ['type = "set"\noverflow_journal = "ref"', 'bad_overflow'],
    ['overflow_inline_max_bytes = "much"', 'wrong_type'],
  ])('refuses the policy %s', (policy, code) => {
    expect(errorCodes(specText(`[[state]]\nname = "v"\n${policy}`))).toEqual([code])
  })

  it('refuses more than eight spawns in one action', () => {
    const spawn = (times: number) => `[${Array(times).fill(`"spawn('Sample', 'Go')"`).join(', ')}]`
    expect(errorCodes(specText(`[[action]]\nname = "Many"\neffect = ${spawn(8)}`))).toEqual([])
    expect(errorCodes(specText(`[[action]]\nname = "Many"\neffect = ${spawn(9)}`))).toEqual([
      'too_many_spawns',
    ])
  })

  it('reads every section', () => {
    const spec = parsed(
      specText(`
[[action]]
name = "Fail"
kind = "internal"
params = ["error"]
effect = "emit('failed')"

[[field_invariant]]
name = "Owned"
assert = "nick != null => owner != null"
message = "who owns it?"

[[state_timeout]]
state = "A"
after_seconds = 60
on_timeout = "Fail"
args = { error = "late" }

[[integration]]
name = "charge"
trigger = ["Go", "failed"]
on_failure = "Fail"
retry = { max = 3, base_ms = 10 }
url = "https://example.test"
[integration.config]
depth = 2

[[webhook]]
name = "callback"
path = "/callback"
action = "Fail"
entity_id = "query.state"
[webhook.extract]
error = "body.error"

[[key]]
name = "by_owner"
properties = ["owner"]
`).replace('name = "Sample"', 'name = "Sample"\nversion = 3') +
        '\n[[upcast]]\nfrom_version = 2\n[upcast.rename_action]\nWent = "Go"\n[upcast.default_param]\nerror = "none"\n[[upcast]]\nfrom_version = 1\n',
    )
    expect(spec.fieldInvariants[0]).toMatchObject({ name: 'Owned', message: 'who owns it?' })
    expect(spec.stateTimeouts).toEqual([
      {
        state: 'A',
        afterSeconds: 60,
        onTimeout: 'Fail',
        maxOccurrences: 1,
        resetOn: [],
        args: { error: 'late' },
      },
    ])
    expect(spec.integrations).toEqual([
      {
        name: 'charge',
        triggers: ['Go', 'failed'],
        type: 'handler',
        onFailure: 'Fail',
        emits: [],
        retry: { max: 3, baseMs: 10 },
        config: { depth: 2, url: 'https://example.test' },
      },
    ])
    expect(spec.webhooks[0]).toMatchObject({
      method: 'POST',
      entityId: 'query.state',
      extract: { error: 'body.error' },
    })
    expect(spec.keys).toEqual([{ name: 'by_owner', properties: ['owner'] }])
    expect(spec.upcasts.map(({ fromVersion }) => fromVersion)).toEqual([1, 2])
    expect(spec.upcasts[1]).toMatchObject({ renameAction: { Went: 'Go' }, defaultParam: { error: 'none' } })
  })

  it('refuses args of a timeout that its action would refuse', () => {
    const timeout = (args: string) =>
      specText(
        `[[action]]\nname = "Late"\nparams = [{ name = "why", required = true }]\n[[state_timeout]]\nstate = "A"\nafter_seconds = 1\non_timeout = "Late"\nargs = ${args}`,
      )
    expect(errorCodes(timeout('{ why = "slow" }'))).toEqual([])
    expect(errorCodes(timeout('{ why = "slow", who = "me" }'))).toEqual(['unknown_variable'])
    expect(errorCodes(timeout('{}'))).toEqual(['missing_key'])
  })

  it('refuses upcasts to names that are none today, unless a later upcast renames them on', () => {
    const upcast = (from: number, table: string) => `[[upcast]]\nfrom_version = ${from}\n${table}\n`
    const text = (upcasts: string) =>
      specText(upcasts).replace('name = "Sample"', 'name = "Sample"\nversion = 3')
    expect(errorCodes(text(upcast(1, 'rename_action = { Went = "Go" }')))).toEqual([])
    expect(errorCodes(text(upcast(1, 'rename_action = { Went = "Gone" }')))).toEqual(['unknown_action'])
    expect(
      errorCodes(text(upcast(1, 'rename_status = { X = "Y" }') + upcast(2, 'rename_status = { Y = "A" }'))),
    ).toEqual([])
    expect(
      errorCodes(text(upcast(2, 'rename_status = { X = "Y" }') + upcast(1, 'rename_status = { Y = "A" }'))),
    ).toEqual(['unknown_state'])
    expect(errorCodes(text(upcast(3, '')))).toEqual(['invalid_value'])
  })

  it('refuses an entity that begins deleted', () => {
    expect(errorCodes('[automaton]\nname = "A"\nstates = ["Deleted"]\ninitial = "Deleted"')).toEqual([
      'invalid_value',
    ])
  })

  it('refuses a rule that starts in the tombstone', () => {
    const text = specText('[[action]]\nname = "Back"\nfrom = ["Deleted"]').replace(
      '"B"]\ninitial',
      '"B", "Deleted"]\ninitial',
    )
    expect(errorCodes(text)).toEqual(['terminal_state_left'])
  })
})

describe('a param that is an amount', () => {
  const errors = (param: string) => errorCodes(specText(`[[action]]\nname = "Add"\nparams = [${param}]`))

  it('holds a number', () => {
    expect(errors('{ name = "size", type = "int", amount = true }')).toEqual([])
    expect(errors('{ name = "count", amount = true }')).toEqual([])
    expect(errors('{ name = "size", amount = true }')).toEqual(['type_mismatch'])
    expect(errors('{ name = "text", amount = true }')).toEqual(['type_mismatch'])
  })

  it('is none when it says so', () => {
    const text = specText('[[action]]\nname = "Add"\nparams = [{ name = "size", amount = false }]')
    expect(parsed(text).actions[1]?.params).toEqual([
      { name: 'size', type: 'string', required: false, transient: false },
    ])
  })
})
