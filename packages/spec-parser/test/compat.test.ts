import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { migrateSpec, parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { errorCodes, parsed, specText } from './helpers.ts'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus/legacy')
const files = readdirSync(corpus).filter((file) => file.endsWith('.ioa.toml') && !file.includes('.migrated.'))
const read = (file: string) => readFileSync(path.join(corpus, file), 'utf8')
const isUpdate = process.env['UPDATE_CORPUS'] === '1'

describe.each(files)('the older file %s', (file) => {
  const text = read(file)
  const migrated = migrateSpec(text)

  it('loads, each older form reported with the modern text', () => {
    const { spec, issues } = parseSpec(text)
    const beside = path.join(corpus, file.replace('.ioa.toml', '.expected.json'))
    if (isUpdate) writeFileSync(beside, `${JSON.stringify(issues, undefined, 2)}\n`)
    expect(issues).toEqual(JSON.parse(readFileSync(beside, 'utf8')))
    expect(spec).toBeDefined()
  })

  it('migrates to the text beside it', () => {
    const beside = path.join(corpus, file.replace('.ioa.toml', '.migrated.ioa.toml'))
    if (isUpdate) writeFileSync(beside, migrated.text)
    expect(migrated.text).toBe(readFileSync(beside, 'utf8'))
  })

  it('means the same after migration, but for the final states that are written down', () => {
    const { terminal: _, ...before } = parsed(text)
    const { terminal: __, ...after } = parsed(migrated.text)
    expect(after).toEqual(before)
  })

  it('has no older form left, and migrating again changes nothing', () => {
    expect(migrated.issues.filter(({ code }) => code === 'legacy_form')).toEqual([])
    expect(migrateSpec(migrated.text).text).toBe(migrated.text)
  })

  it('keeps every comment', () => {
    const comments = text.match(/#[^\n]*/g) ?? []
    for (const comment of comments) expect(migrated.text).toContain(comment)
  })
})

/** The parts of the spec that an action in the older dialect gives. */
const actionOf = (keys: string) => {
  const { actions } = parsed(specText(`[[action]]\nname = "Older"\n${keys}`))
  const action = actions[1]
  if (action === undefined) throw new Error('no action')
  return action
}
const modern = (keys: string) => actionOf(keys)

describe('an older form means what its modern text means', () => {
  it.each([
    ['"increment count"', '"count += 1"'],
    ['"decrement count"', '"count -= 1"'],
    ['"set flag true"', '"flag = true"'],
    ['"set flag false"', '"flag = false"'],
    ['"emit done"', `"emit('done')"`],
    ['"schedule_at text Go"', `"schedule_at('Go', text)"`],
    ['[{ type = "increment", var = "count" }]', '"count += 1"'],
    ['[{ type = "decrement", var = "count", amount = 2 }]', '"count -= 2"'],
    ['[{ type = "set_bool", var = "flag", value = "true" }]', '"flag = true"'],
    ['[{ type = "set_bool", var = "flag", value = false }]', '"flag = false"'],
    ['[{ type = "emit_event", event = "e" }, "increment count"]', `["emit('e')", "count += 1"]`],
    ['{ type = "schedule", action = "Go", delay_seconds = "30" }', `"schedule('Go', 30)"`],
    ['[{ type = "schedule_at", action = "Go", field = "text" }]', `"schedule_at('Go', text)"`],
    [
      '[{ type = "spawn", entity_type = "Kid", entity_id_source = "{uuid}", initial_action = "Go" }]',
      `"spawn('Kid', 'Go')"`,
    ],
    [
      '[{ type = "spawn", entity_type = "Kid", entity_id_source = "text", initial_action = "Go", store_id_in = "owner" }]',
      `"spawn('Kid', 'Go', owner, text)"`,
    ],
    [`"[{ type = 'increment', var = 'count' }]"`, '"count += 1"'],
  ])('effect = %s is %s', (older, today) => {
    expect(actionOf(`effect = ${older}`).effects).toEqual(modern(`effect = ${today}`).effects)
  })

  it.each([
    ['"min count 2"', 'count >= 2'],
    ['"max count 2"', 'count < 2'],
    ['"is_true flag"', 'flag'],
    ['"is_false flag"', '!flag'],
    ['"list_contains tags two words"', "'two words' in tags"],
    ['"list_length_min tags 1"', 'len(tags) >= 1'],
    ['"is_true flag && min count 1"', 'flag && count >= 1'],
    ['[{ type = "state_in", values = ["A", "B"] }]', "status in ['A', 'B']"],
    [
      '[{ type = "min_count", var = "count", min = 1 }, { type = "is_false", var = "flag" }]',
      'count >= 1 && !flag',
    ],
    ['[{ type = "list_contains", var = "tags", value = "x" }, "count < 3"]', "'x' in tags && count < 3"],
    [
      '{ type = "cross_entity_state", entity_type = "User", entity_id_source = "owner", required_status = ["Active"] }',
      "empty(owner) || User[owner].status in ['Active']",
    ],
    [
      '{ type = "cross_entity_state", entity_type = "User", entity_id_source = "owner", required_status = "Active", required = true }',
      "User[owner].status in ['Active']",
    ],
    [
      '{ type = "cross_entity_state", entity_type = "User", entity_id_source = "owner", forbidden_status = ["Gone"], required = true }',
      "User[owner].status not in ['Gone']",
    ],
  ])('guard = %s is %s', (older, today) => {
    expect(actionOf(`guard = ${older}`).guard).toEqual(modern(`guard = "${today}"`).guard)
  })

  it('gives an amount the type of its variable, requires it, and takes numeric text for it', () => {
    const action = actionOf(
      'params = ["size"]\neffect = [{ type = "increment", var = "count", amount = "size" }]',
    )
    expect(action.params).toEqual([
      { name: 'size', type: 'counter', required: true, transient: false, amount: true },
    ])
    expect(actionOf('effect = [{ type = "set_counter_from_param", var = "count" }]').params).toMatchObject([
      { name: 'count', type: 'counter', required: true, amount: true },
    ])
  })

  it.each([
    ['count', '"size"', 'counter'],
    ['whole', '{ name = "size", type = "integer", required = true }', 'int'],
    ['ratio', '{ name = "size", type = "double", required = false }', 'number'],
  ])('writes down that the amount of %s, a param declared as %s, may be text', (variable, param, type) => {
    const text = specText(
      `[[action]]\nname = "Older"\nparams = [${param}]\neffect = [{ type = "increment", var = "${variable}", amount = "size" }]`,
    )
    const migrated = migrateSpec(text).text
    expect(migrated).toContain(`{ name = "size", type = "${type}", required = true, amount = true }`)
    expect(parsed(migrated)).toEqual(parsed(text))
  })

  it('takes no text for the index of an item', () => {
    const { params } = actionOf(
      'params = ["tags_index"]\neffect = [{ type = "list_remove_at", var = "tags" }]',
    )
    expect(params).toEqual([{ name: 'tags_index', type: 'int', required: true, transient: false }])
  })

  it('takes the word for a type of a param that nobody knows for json', () => {
    expect(actionOf('params = [{ name = "money", type = "Money" }]').params).toMatchObject([{ type: 'json' }])
    expect(errorCodes(specText('[[state]]\nname = "v"\ntype = "Money"'))).toEqual(['wrong_type'])
  })

  it('drops a list effect whose param is not declared, and says so', () => {
    const text = specText(
      '[[action]]\nname = "Older"\neffect = [{ type = "list_append", var = "tags" }, "increment count"]',
    )
    const { spec, issues } = parseSpec(text)
    expect(issues.map(({ code }) => code)).toContain('effect_never_applies')
    expect(spec?.actions[1]?.effects).toHaveLength(1)
    expect(parsed(migrateSpec(text).text).actions[1]?.effects).toEqual(spec?.actions[1]?.effects)
  })

  it('takes the store of a spawn that is no variable for a string variable', () => {
    const text = specText(
      '[[action]]\nname = "Older"\neffect = [{ type = "spawn", entity_type = "Kid", initial_action = "Go", store_id_in = "kid" }]',
    )
    const { spec, issues } = parseSpec(text)
    expect(issues.map(({ code }) => code)).toContain('implicit_variable')
    expect(spec?.variables.at(-1)).toMatchObject({ name: 'kid', type: 'string' })
  })

  it.each([
    ['entity_type = "Kid"', 'names no initial_action, and a child begins with an action of its own'],
    ['entity_type = "Kid", initial_action = ""', "spawn('Kid', 'Action')"],
    [
      'entity_type = "Kid", initial_action = "Go", copy_fields = "text"',
      "copy_fields names 'text', which is a variable",
    ],
    [
      'entity_type = "Kid", initial_action = "Go", copy_fields = "p, nil"',
      "names 'nil', which is neither a param of the action nor a variable",
    ],
  ])('refuses a spawn that cannot be said today (%s), and migration leaves it as it is', (keys, said) => {
    const text = specText(
      `[[action]]\nname = "Older"\nparams = ["p"]\neffect = [\n  "increment count",\n  { type = "spawn", ${keys} },\n]`,
    )
    const { spec, issues } = parseSpec(text)
    const [error, ...others] = issues.filter(({ severity }) => severity === 'error')
    expect({ spec, code: error?.code, others }).toEqual({
      spec: undefined,
      code: 'invalid_effect',
      others: [],
    })
    expect(`${error?.message} ${error?.hint}`).toContain(said)
    const migrated = migrateSpec(text)
    expect(migrated.text).toBe(text.replace('"increment count"', '"count += 1"'))
    expect(migrated.issues).toContainEqual(expect.objectContaining({ code: 'invalid_effect' }))
  })

  it.each([
    ['{ field = "text", absent = true }', 'text == null'],
    ['{ field = "text", equals = "x" }', "text == 'x'"],
    ['{ field = "count", equals = 3 }', 'count == 3'],
    ['{ field = "tags", empty = true }', 'empty(tags)'],
    ['{ field = "Status", equals = "A" }', "status == 'A'"],
    ['{ not = { field = "text", empty = true } }', '!empty(text)'],
    [
      '{ any_of = [{ field = "flag", equals = true }, { field = "text", absent = true }] }',
      'flag == true || text == null',
    ],
    [
      '{ all_of = [{ field = "flag", equals = true }, { field = "text", absent = true }] }',
      'flag == true && text == null',
    ],
    ['{ any_of = [] }', 'false'],
  ])('a field invariant that requires %s asserts %s', (older, today) => {
    const invariant = (keys: string) =>
      parsed(specText(`[[field_invariant]]\nname = "F"\n${keys}`)).fieldInvariants
    expect(invariant(`require = ${older}`)).toEqual(invariant(`assert = "${today}"`))
    expect(invariant(`when = ${older}\nrequire = { field = "text", absent = true }`)).toEqual(
      invariant(`assert = "(${today}) => text == null"`),
    )
  })

  it('makes the states of no_further_transitions terminal, and refuses rules that leave them', () => {
    const final = (state: string) =>
      `[[invariant]]\nname = "Final"\nwhen = ["${state}"]\nassert = "no_further_transitions"`
    expect(parsed(specText(final('B'))).terminal).toEqual(['B'])
    expect(errorCodes(specText(final('A')))).toEqual(['terminal_state_left'])
    const { terminal, invariants } = parsed(specText(final('B')).replace('terminal = ["B"]\n', ''))
    expect({ terminal, invariants }).toEqual({ terminal: ['B'], invariants: [] })
  })

  it('reads a quoted number beyond 2^53 as no number', () => {
    expect(
      errorCodes(specText('[[state]]\nname = "v"\ntype = "counter"\ninitial = "9007199254740993"')),
    ).toEqual(['wrong_type'])
  })
})

describe('triggers of an action', () => {
  const trigger = (name: string, more = '') =>
    `[[action.triggers]]\nname = "${name}"\nkind = "wasm"\nmodule = "m"\n${more}\n`

  it('become one integration when they are equal, which starts with either action', () => {
    const spec = parsed(
      specText(`[[action]]\nname = "One"\n${trigger('work')}\n[[action]]\nname = "Two"\n${trigger('work')}`),
    )
    expect(spec.integrations).toMatchObject([
      { name: 'work', triggers: ['One', 'Two'], type: 'wasm', module: 'm' },
    ])
  })

  it('are told apart by their action when they differ', () => {
    const spec = parsed(
      specText(
        `[[action]]\nname = "One"\n${trigger('work')}\n[[action]]\nname = "Two"\n${trigger('work', 'timeout_ms = 5')}`,
      ),
    )
    expect(spec.integrations).toMatchObject([
      { name: 'One.work', triggers: ['One'] },
      { name: 'Two.work', triggers: ['Two'], timeoutMs: 5 },
    ])
  })

  it('listen to the emitted name where a trigger effect has it', () => {
    const spec = parsed(specText(`[[action]]\nname = "One"\neffect = "trigger work"\n${trigger('work')}`))
    expect(spec.integrations).toMatchObject([{ name: 'work', triggers: ['work'] }])
  })

  it('keep to the state they are bound to', () => {
    const spec = parsed(specText(`[[action]]\nname = "One"\n${trigger('work', 'to_state = "B"')}`))
    expect(spec.integrations[0]?.guard).toMatchObject({ kind: 'compare', right: { value: 'B' } })
  })

  it('that act on other entities are refused', () => {
    const text = specText(
      '[[action]]\nname = "One"\n[[action.triggers]]\nname = "n"\nkind = "entity"\ntarget_entity = "X"\n',
    )
    expect(errorCodes(text)).toEqual(['unsupported_section'])
  })

  it('that nothing listens to are told so', () => {
    const { issues } = parseSpec(specText('[[action]]\nname = "One"\neffect = "trigger work"'))
    expect(issues.map(({ code }) => code)).toContain('trigger_without_integration')
  })
})

describe('what is not executed', () => {
  const admission = `${specText('')}\n[admission]\nqueue_depth = 3\n`

  it('is an error, and a warning only when asked for', () => {
    expect(parseSpec(admission)).toMatchObject({
      issues: expect.arrayContaining([
        expect.objectContaining({ code: 'unsupported_section', severity: 'error' }),
      ]),
    })
    const { spec, issues } = parseSpec(admission, { unsupported: 'warn' })
    expect(spec).toBeDefined()
    expect(issues.find(({ code }) => code === 'unsupported_section')?.severity).toBe('warning')
  })

  it.each([
    '[automaton.timeouts]\nA = 3',
    '[[context_entity]]\nname = "x"',
    '[[vector]]\nname = "x"',
    '[[agent_trigger]]\nname = "x"',
  ])('includes %j', (section) =>
    expect(errorCodes(`${specText('')}\n${section}\n`)).toEqual(['unsupported_section']),
  )

  it.each(['[entity]\nname = "x"', '[vars]\nx = 1', '[[actions]]\nname = "x"', '[[property]]\nname = "x"'])(
    'of another dialect altogether, such as %j, is never downgraded',
    (section) => {
      const { issues } = parseSpec(`${specText('')}\n${section}\n`, { unsupported: 'warn' })
      expect(issues).toContainEqual(expect.objectContaining({ code: 'unknown_section', severity: 'error' }))
    },
  )
})

it('migrates a file with CRLF line ends to one with CRLF line ends', () => {
  const text = read('parcel.ioa.toml').replaceAll('\n', '\r\n')
  expect(migrateSpec(text).text).toBe(migrateSpec(read('parcel.ioa.toml')).text.replaceAll('\n', '\r\n'))
})

it('leaves in the text what it does not understand', () => {
  const odd = '{ type = "teleport", var = "count" }'
  const text = specText(`[[action]]\nname = "Older"\neffect = ["increment count", ${odd}]`)
  expect(errorCodes(text)).toEqual(['invalid_effect'])
  const migrated = migrateSpec(text)
  expect(migrated.text).toContain(`effect = ["count += 1", ${odd}]`)
  expect(migrated.issues).toContainEqual(expect.objectContaining({ code: 'invalid_effect' }))
})

it('does not touch a file without older forms', () => {
  const text = readFileSync(path.join(corpus, '../valid/session.ioa.toml'), 'utf8')
  expect(migrateSpec(text).text).toBe(text)
})

describe('sections that are written as values', () => {
  it('are put under headers when an older form is rewritten; every comment keeps its neighbours', () => {
    const older = `# an order
automaton.name = "Order" # its name
automaton.states = ["Open", "Done"]
state = [ # what it holds
  { name = "n", type = "counter", initial = "0" }, # how many
  {
    # by whom
    name = "by", # a person
    type = "text",
  },
]
automaton.initial = "Open"
action = [{ name = "Close", from = ["Open"], to = "Done", effect = [{ type = "increment", var = "n", amount = "by_n" }] }]
`
    expect(migrateSpec(older).text).toBe(`# an order
[automaton]
name = "Order" # its name
states = ["Open", "Done"]
initial = "Open"
terminal = ["Done"]
# what it holds
[[state]]
name = "n"
type = "counter"
initial = 0 # how many

[[state]]
# by whom
name = "by" # a person
type = "string"

[[action]]
name = "Close"
from = ["Open"]
to = "Done"
effect = ["n += params.by_n"]
params = [{ name = "by_n", type = "counter", required = true, amount = true }]
`)
  })

  it('stay as they are when there is nothing to rewrite', () => {
    const modern =
      'automaton = { name = "Order", states = ["Open"], initial = "Open" }\naction = [{ name = "Stay" }]\n'
    expect(migrateSpec(modern)).toMatchObject({ text: modern })
  })
})
