// Guards, effects and conditions of the older dialect, each beside what it means today in a text written by hand. What
// migration makes of the one is held against the other.
import * as fc from 'fast-check'

/** One guard or effect as the older dialect writes it; the keys of a table have TOML texts as values. */
export type OlderPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly keys: Readonly<Record<string, string>> }

/** A guard in both dialects. */
export interface GuardPair {
  readonly older: OlderPart
  readonly today: string
}

/** A param in both dialects; one that is not declared exists only because an effect needs it. */
export interface ParamPair {
  readonly name: string
  readonly older: string | undefined
  readonly today: string
}

/** An effect in both dialects, with the params it takes and the variable that it alone names. */
export interface EffectPair extends GuardPair {
  readonly params: readonly ParamPair[]
  readonly implicitVariable?: string
  readonly trigger?: string
}

/** A condition on fields in both dialects. */
export interface ConditionPair {
  readonly older: string
  readonly today: string
}

/** The statuses of every generated file; no rule leaves the last. */
export const states = ['New', 'Busy', 'Done'] as const
/** The actions of every generated file. */
export const actionNames = ['Go', 'Add', 'Close'] as const

const text = (text: string): OlderPart => ({ kind: 'text', text })
const table = (keys: Readonly<Record<string, string>>): OlderPart => ({ kind: 'table', keys })
const quoted = (value: string) => JSON.stringify(value)

/** A part as a TOML value. */
export function inlinePart(part: OlderPart): string {
  if (part.kind === 'text') return quoted(part.text)
  return `{ ${Object.entries(part.keys)
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ')} }`
}

const state = fc.constantFrom(...states)
const action = fc.constantFrom(...actionNames)
const amount = fc.nat({ max: 9 })
/** A number as the older dialect writes it: bare, or in quotes. */
const spelled = amount.chain((n) =>
  fc.boolean().map((isQuoted) => ({ n, older: isQuoted ? `"${n}"` : `${n}` })),
)
const numeric = fc.constantFrom(...(['count', 'whole', 'ratio'] as const))
const typeOf = { count: 'counter', whole: 'int', ratio: 'number' } as const
const word = fc.constantFrom('x', "it's", 'two words', 'é')

const guards: readonly fc.Arbitrary<GuardPair>[] = [
  fc.tuple(numeric, amount).map(([v, n]) => ({ older: text(`min ${v} ${n}`), today: `${v} >= ${n}` })),
  fc.tuple(numeric, amount).map(([v, n]) => ({ older: text(`max ${v} ${n}`), today: `${v} < ${n}` })),
  fc.constant({ older: text('is_true flag'), today: 'flag' }),
  fc.constant({ older: text('is_false flag'), today: '!flag' }),
  word.map((w) => ({ older: text(`list_contains tags ${w}`), today: `${literal(w)} in tags` })),
  amount.map((n) => ({ older: text(`list_length_min tags ${n}`), today: `len(tags) >= ${n}` })),
  fc.tuple(numeric, spelled).map(([v, { n, older }]) => ({
    older: table({ type: '"min_count"', var: quoted(v), min: older }),
    today: `${v} >= ${n}`,
  })),
  fc.tuple(numeric, spelled).map(([v, { n, older }]) => ({
    older: table({ type: '"max_count"', var: quoted(v), max: older }),
    today: `${v} < ${n}`,
  })),
  fc.constant({ older: table({ type: '"is_true"', var: '"flag"' }), today: 'flag' }),
  fc.constant({ older: table({ type: '"is_false"', var: '"flag"' }), today: '!flag' }),
  word.map((w) => ({
    older: table({ type: '"list_contains"', var: '"tags"', value: quoted(w) }),
    today: `${literal(w)} in tags`,
  })),
  spelled.map(({ n, older }) => ({
    older: table({ type: '"list_length_min"', var: '"tags"', min: older }),
    today: `len(tags) >= ${n}`,
  })),
  state.map((s) => ({
    older: table({ type: '"state_in"', values: `["New", "${s}"]` }),
    today: `status in ['New', '${s}']`,
  })),
  fc.boolean().map((isRequired) => ({
    older: table({
      type: '"cross_entity_state"',
      entity_type: '"User"',
      entity_id_source: '"owner"',
      required_status: '["Active", "Idle"]',
      ...(isRequired ? { required: 'true' } : {}),
    }),
    today: `${isRequired ? '' : 'empty(owner) || '}User[owner].status in ['Active', 'Idle']`,
  })),
]

/** Any guard. */
export const guardPair: fc.Arbitrary<GuardPair> = fc.oneof(...guards)

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** A param that an effect uses as an amount of a variable, in every way it may have been declared. */
function amountParam(name: string, variable: keyof typeof typeOf): fc.Arbitrary<ParamPair> {
  const type = typeOf[variable]
  const olderWord = { count: 'counter', whole: 'uint64', ratio: 'double' }[variable]
  return fc
    .constantFrom(
      undefined,
      `"${name}"`,
      `{ name = "${name}", type = "${olderWord}" }`,
      `{ name = "${name}", required = true }`,
    )
    .map((older) => ({
      name,
      older,
      today: `{ name = "${name}", type = "${type}", required = true, amount = true }`,
    }))
}

const changes: fc.Arbitrary<EffectPair> = fc
  .tuple(fc.constantFrom('increment', 'decrement'), numeric, spelled)
  .chain(([verb, variable, { n, older }]) => {
    const operator = verb === 'increment' ? '+=' : '-='
    const keys = { type: quoted(verb), var: quoted(variable) }
    const param = `${variable}_by`
    return fc.oneof(
      fc.constant({ older: text(`${verb} ${variable}`), today: `${variable} ${operator} 1`, params: [] }),
      fc.constant({ older: table(keys), today: `${variable} ${operator} 1`, params: [] }),
      fc.constant({
        older: table({ ...keys, amount: older }),
        today: `${variable} ${operator} ${n}`,
        params: [],
      }),
      amountParam(param, variable).map((declared) => ({
        older: table({ ...keys, amount: quoted(param) }),
        today: `${variable} ${operator} params.${param}`,
        params: [declared],
      })),
    )
  })

const assignments: fc.Arbitrary<EffectPair> = fc.oneof(
  fc.boolean().map((value) => ({ older: text(`set flag ${value}`), today: `flag = ${value}`, params: [] })),
  fc.tuple(fc.boolean(), fc.boolean()).map(([value, isQuoted]) => ({
    older: table({ type: '"set_bool"', var: '"flag"', value: isQuoted ? `"${value}"` : `${value}` }),
    today: `flag = ${value}`,
    params: [],
  })),
  fc.tuple(numeric, fc.boolean()).chain(([variable, isNamed]) => {
    const param = isNamed ? `${variable}_to` : variable
    const keys = { type: '"set_counter_from_param"', var: quoted(variable) }
    return amountParam(param, variable).map((declared) => ({
      older: table(isNamed ? { ...keys, param: quoted(param) } : keys),
      today: `${variable} = params.${param}`,
      params: [declared],
    }))
  }),
)

const lists: fc.Arbitrary<EffectPair> = fc.constantFrom('var', 'list').chain((key) =>
  fc.constantFrom<EffectPair>(
    {
      older: table({ type: '"list_append"', [key]: '"tags"' }),
      today: 'append(tags, params.tags)',
      params: [
        { name: 'tags', older: '"tags"', today: '{ name = "tags", type = "string", required = true }' },
      ],
    },
    {
      older: table({ type: '"list_remove_at"', [key]: '"tags"' }),
      today: 'remove_at(tags, params.tags_index)',
      params: [
        {
          name: 'tags_index',
          older: '"tags_index"',
          today: '{ name = "tags_index", type = "int", required = true }',
        },
      ],
    },
  ),
)

const emits: fc.Arbitrary<EffectPair> = fc.constantFrom<EffectPair>(
  { older: text('emit said'), today: "emit('said')", params: [] },
  { older: table({ type: '"emit"', event: '"said"' }), today: "emit('said')", params: [] },
  { older: table({ type: '"emit_event"', name: '"said"' }), today: "emit('said')", params: [] },
  { older: text('trigger work'), today: "emit('work')", params: [], trigger: 'work' },
  {
    older: table({ type: '"trigger"', name: '"notify"' }),
    today: "emit('notify')",
    params: [],
    trigger: 'notify',
  },
)

const schedules: fc.Arbitrary<EffectPair> = fc.tuple(action, spelled).chain(([name, { n, older }]) =>
  fc.constantFrom<EffectPair>(
    { older: text(`schedule_at due ${name}`), today: `schedule_at('${name}', due)`, params: [] },
    {
      older: table({ type: '"schedule"', action: quoted(name), delay_seconds: older }),
      today: `schedule('${name}', ${n})`,
      params: [],
    },
    {
      older: table({ type: '"schedule_at"', action: quoted(name), field: '"due"' }),
      today: `schedule_at('${name}', due)`,
      params: [],
    },
  ),
)

const spawns: fc.Arbitrary<EffectPair> = fc
  .record({
    type: fc.constantFrom('spawn', 'spawn_entity'),
    id: fc.constantFrom('{uuid}', 'due'),
    store: fc.constantFrom(undefined, 'owner', 'child'),
    copies: fc.boolean(),
  })
  .map(({ type, id, store, copies }): EffectPair => {
    const note: ParamPair = { name: 'note', older: '"note"', today: '"note"' }
    const target = store ?? (id === 'due' ? 'user_id' : undefined)
    const rest = target === undefined ? '' : `, ${target}${id === 'due' ? ', due' : ''}`
    return {
      older: table({
        type: quoted(type),
        entity_type: '"User"',
        entity_id_source: quoted(id),
        initial_action: '"Begin"',
        ...(store === undefined ? {} : { store_id_in: quoted(store) }),
        ...(copies ? { copy_fields: '"note, note"' } : {}),
      }),
      today: `spawn('User', 'Begin'${rest})`,
      params: copies ? [note] : [],
      ...(target === undefined || target === 'owner' ? {} : { implicitVariable: target }),
    }
  })

/** Any effect. */
export const effectPair: fc.Arbitrary<EffectPair> = fc.oneof(
  changes,
  assignments,
  lists,
  emits,
  schedules,
  spawns,
)

const leaves: readonly ConditionPair[] = [
  { older: '{ field = "due", absent = true }', today: 'due == null' },
  { older: '{ field = "due", equals = "x" }', today: "due == 'x'" },
  { older: '{ field = "flag", equals = true }', today: 'flag == true' },
  { older: '{ field = "count", equals = 3 }', today: 'count == 3' },
  { older: '{ field = "due", empty = true }', today: 'empty(due)' },
  { older: '{ field = "count", empty = true }', today: 'count == null' },
  { older: '{ field = "Status", equals = "Busy" }', today: "status == 'Busy'" },
  { older: '{ field = "elsewhere", absent = true }', today: 'elsewhere == null' },
]

/** Any condition of a field invariant. */
export const conditionPair: fc.Arbitrary<ConditionPair> = fc.letrec<{ condition: ConditionPair }>((tie) => {
  const several = (key: string, operator: string, none: string) =>
    fc.array(tie('condition'), { maxLength: 3 }).map((parts) => ({
      older: `{ ${key} = [${parts.map(({ older }) => older).join(', ')}] }`,
      today: parts.length === 0 ? none : parts.map(({ today }) => `(${today})`).join(operator),
    }))
  return {
    condition: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...leaves),
      several('any_of', ' || ', 'false'),
      several('all_of', ' && ', 'true'),
      tie('condition').map(({ older, today }) => ({
        older: `{ not = ${older} }`,
        today: `!(${today})`,
      })),
    ),
  }
}).condition
