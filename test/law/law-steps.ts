// What may happen to the entities of a run: commands of every kind, right and wrong, and what befalls a host between them.
import * as fc from 'fast-check'

/** The entities of a run; the first two are there from the beginning. */
export const lawIds: readonly string[] = ['e0', 'e1', 'e2']

/** One step of a run. */
export type LawStep =
  | {
      readonly kind: 'ask'
      readonly id: string
      /** Which of the two hosts is asked. */
      readonly host: 0 | 1
      readonly action: string
      readonly params: Readonly<Record<string, unknown>>
      readonly idempotencyKey?: string
      /** Whether the next step waits for this one. */
      readonly isAwaited: boolean
      /** Whether no state can make it right. */
      readonly isWrong?: boolean
    }
  | {
      readonly kind: 'spawn'
      readonly id: string
      readonly host: 0 | 1
      readonly fields: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'update'
      readonly id: string
      readonly host: 0 | 1
      readonly fields: Readonly<Record<string, unknown>>
    }
  | { readonly kind: 'delete'; readonly id: string; readonly host: 0 | 1 }
  | { readonly kind: 'passivate'; readonly id: string; readonly host: 0 | 1 }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'sweep' | 'restart' }
  | { readonly kind: 'fault'; readonly host: 0 | 1; readonly how: 'lost reply' | 'unavailable' }

/** Units of text by how many bytes of canonical JSON one takes. */
const units = [
  ['a', 1],
  ['ä', 2],
  ['"', 2],
  ['\n', 2],
  ['漢', 3],
  ['😀', 4],
  ['\u0000', 6],
  ['\ud800', 6],
] as const

/** A string whose canonical JSON has exactly `size` bytes, filled with one kind of unit. */
function stringOfSize(size: number, [unit, bytes]: (typeof units)[number]): string {
  const room = size - 2
  return unit.repeat(Math.floor(room / bytes)) + 'a'.repeat(room % bytes)
}

/** Strings at, just below and just above a ceiling. */
function textAround(ceiling: number): fc.Arbitrary<string> {
  const sizes = [ceiling - 1, ceiling, ceiling + 1].filter((size) => size >= 2)
  const edge = fc
    .tuple(fc.constantFrom(...sizes), fc.constantFrom(...units))
    .map(([size, unit]) => stringOfSize(size, unit))
  const short = fc.string({ unit: 'binary', maxLength: 24 })
  return sizes.length === 0
    ? short
    : fc.oneof({ weight: 3, arbitrary: edge }, { weight: 2, arbitrary: short })
}

/** Values around a ceiling that are no strings: the edge lies in a list or in an object. */
function jsonAround(ceiling: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constant('the same again, and over every small ceiling'),
    textAround(ceiling),
    textAround(ceiling - 2).map((text) => [text]),
    textAround(ceiling - 6).map((text) => ({ k: text })),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant({ $blob: { key: `field-overflow/sha256/${'0'.repeat(64)}.json`, size: 3 } }),
  )
}

const largeText = fc.oneof(
  { weight: 1, arbitrary: textAround(131_072) },
  { weight: 4, arbitrary: textAround(16) },
)
const largeJson = fc.oneof(
  { weight: 1, arbitrary: jsonAround(131_072) },
  { weight: 4, arbitrary: jsonAround(16) },
)
const item = fc.oneof(fc.constantFrom('x', 'y', 'z'), textAround(32), fc.jsonValue({ maxDepth: 1 }))
const whole = fc.oneof(fc.integer(), fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER))
const real = fc.double({ noNaN: true, noDefaultInfinity: true })

const assignments = fc.record(
  {
    text: fc.option(largeText),
    label: fc.option(textAround(16)),
    memo: fc.option(textAround(16)),
    doc: jsonAround(32),
    file: largeJson,
    owner: fc.option(fc.constantFrom('', 'e0', 'e1')),
    whole: fc.option(whole),
    real: fc.option(real),
  },
  { requiredKeys: [] },
)

/** Fields that may be given at creation or set directly; undeclared ones with odd names too. */
const fields = fc
  .tuple(
    assignments,
    fc.record(
      { hits: fc.nat(9), isOn: fc.boolean(), items: fc.array(item, { maxLength: 4 }) },
      { requiredKeys: [] },
    ),
    fc.dictionary(
      fc.oneof(fc.constantFrom('toString', 'Extra', 'ünder'), fc.string({ maxLength: 8 })),
      jsonAround(16),
      { maxKeys: 2 },
    ),
  )
  .map((parts): Record<string, unknown> => Object.fromEntries(parts.flatMap((part) => Object.entries(part))))

const call = (
  action: string,
  params: fc.Arbitrary<object>,
): fc.Arbitrary<{ action: string; params: Record<string, unknown> }> =>
  params.map((each) => ({ action, params: each as Record<string, unknown> }))

const right = fc.oneof(
  { weight: 12, arbitrary: call('Set', assignments) },
  {
    weight: 2,
    arbitrary: call(
      'Say',
      fc.record({ aside: largeText, label: textAround(16), remark: textAround(16) }, { requiredKeys: [] }),
    ),
  },
  { weight: 2, arbitrary: call('Say', fc.record({ Extra: jsonAround(16) })) },
  { weight: 3, arbitrary: call('Copy', fc.record({ from: textAround(16) })) },
  { weight: 2, arbitrary: call('Mirror', fc.record({ from: textAround(16) })) },
  {
    weight: 2,
    arbitrary: call(
      'Overwrite',
      fc.record({ memo: textAround(16), from: textAround(16), label: textAround(16) }, { requiredKeys: [] }),
    ),
  },
  { weight: 1, arbitrary: call('Switch', fc.record({ to: fc.boolean() })) },
  { weight: 2, arbitrary: call('Hit', fc.record({ by: fc.oneof(fc.nat(5), fc.constant(999)) })) },
  { weight: 1, arbitrary: call('Miss', fc.record({ by: fc.nat(5) })) },
  { weight: 1, arbitrary: call('Shift', fc.record({ step: whole, part: real })) },
  { weight: 5, arbitrary: call('Push', fc.record({ item })) },
  { weight: 2, arbitrary: call('Pull', fc.record({ item: fc.constantFrom('first', 'x', 'y', 'z') })) },
  { weight: 2, arbitrary: call('PullAt', fc.record({ index: fc.integer({ min: -1, max: 3 }) })) },
  { weight: 1, arbitrary: call('Clear', fc.constant({})) },
  { weight: 3, arbitrary: call('Advance', fc.constant({})) },
  { weight: 1, arbitrary: call('Shut', fc.constant({})) },
  { weight: 1, arbitrary: call('Retire', fc.constant({})) },
)

const wrong = fc.oneof(
  call('Nothing', fc.constant({})),
  call(
    'Set',
    fc.constantFrom<object>(
      { whole: 1.5 },
      { text: 7 },
      { doc: undefined },
      { doc: [Infinity] },
      { real: NaN },
      { file: { at: new Date(0) } },
    ),
  ),
  call('Hit', fc.constantFrom<object>({}, { by: -1 }, { by: null })),
  call('Say', fc.constantFrom<object>({ status: 'Live' }, { '\0': 1 }, { __id: 1 }, { '': 1 })),
)

const where = {
  id: fc.constantFrom('e0', 'e0', 'e0', 'e1', 'e1', 'e2'),
  host: fc.constantFrom(0 as const, 0 as const, 1 as const),
}
const isAwaited = fc.boolean()
const idempotencyKey = fc.constantFrom('k0', 'k1')

const step: fc.Arbitrary<LawStep> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .tuple(
        fc.record({ ...where, isAwaited, idempotencyKey }, { requiredKeys: ['id', 'host', 'isAwaited'] }),
        right,
      )
      .map(([place, what]) => ({ kind: 'ask' as const, ...place, ...what })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.record({ ...where, isAwaited }), wrong)
      .map(([place, what]) => ({ kind: 'ask' as const, isWrong: true, ...place, ...what })),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc.record({ kind: fc.constant('spawn' as const), ...where, fields }),
      fc.record({ kind: fc.constant('update' as const), ...where, fields }),
    ),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('passivate' as const), ...where }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), ...where }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 30_000, 59_999, 3_600_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('sweep' as const, 'restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      host: where.host,
      how: fc.constantFrom('lost reply' as const, 'unavailable' as const),
    }),
  },
)

const setDoc = {
  kind: 'ask',
  id: 'e0',
  host: 0,
  action: 'Set',
  params: { doc: 'the same again, and over every small ceiling' },
  isAwaited: true,
} as const

/** The same value is set anew: between the end of the first life and that of the second, it has to be there. */
const renewal = fc
  .constantFrom(1, 29_999, 30_000)
  .map((ms): readonly LawStep[] => [
    setDoc,
    { kind: 'wait', ms: 30_000 },
    setDoc,
    { kind: 'wait', ms: 30_000 + ms },
  ])

/** A run: two entities are created, then anything may happen. */
export const lawRun: fc.Arbitrary<readonly LawStep[]> = fc
  .tuple(
    fields,
    fields,
    fc.array(step, { maxLength: 40, size: 'max' }),
    fc.option(renewal, { nil: [], freq: 2 }),
  )
  .map(([first, second, steps, end]) => [
    { kind: 'spawn', id: 'e0', host: 0, fields: first },
    { kind: 'spawn', id: 'e1', host: 1, fields: second },
    ...steps,
    ...end,
  ])
