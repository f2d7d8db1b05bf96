// Actions of the older dialect in every layout it has, each beside the text of today.
import * as fc from 'fast-check'

import { actionNames, effectPair, guardPair, inlinePart, states } from './legacy-fragments.ts'
import type { EffectPair, GuardPair, OlderPart, ParamPair } from './legacy-fragments.ts'

/** A section in both dialects. */
export interface Section {
  readonly older: readonly string[]
  readonly today: readonly string[]
}

/** The two of them; one text where the dialects agree. */
export const section = (older: readonly string[], today: readonly string[] = older): Section => ({
  older,
  today,
})

const extraParam: fc.Arbitrary<ParamPair> = fc.constantFrom(
  { name: 'note', older: '"note"', today: '"note"' },
  {
    name: 'money',
    older: '{ name = "money", type = "Money" }',
    today: '{ name = "money", type = "json" }',
  },
  {
    name: 'key',
    older: '{ name = "key", type = "uuid", required = true }',
    today: '{ name = "key", required = true }',
  },
)

type Layout = 'one' | 'array' | 'lines' | 'string' | 'headers'

/** Parts under a key, laid out in one of the ways the older dialect has; `under` are lines for the end of the section. */
function layOut(
  key: string,
  parts: readonly OlderPart[],
  layout: Layout,
): { readonly beside: readonly string[]; readonly under: readonly string[] } {
  const [only, ...others] = parts
  if (only === undefined) return { beside: [], under: [] }
  const inline = parts.map(inlinePart)
  const array = `[${inline.join(', ')}]`
  const areTables = parts.every(({ kind }) => kind === 'table')
  if (layout === 'one' && others.length === 0) return { beside: [`${key} = ${inlinePart(only)}`], under: [] }
  if (layout === 'string' && key === 'effect' && !array.includes("'"))
    return { beside: [`${key} = '${array}'`], under: [] }
  if (layout === 'lines')
    return { beside: [`${key} = [`, ...inline.map((part) => `  ${part},`), ']'], under: [] }
  if (layout === 'headers' && areTables) {
    const under = parts.flatMap((part) => [
      `[[action.${key}]]`,
      ...(part.kind === 'table'
        ? Object.entries(part.keys).map(([name, value]) => `${name} = ${value}`)
        : []),
    ])
    return { beside: [], under }
  }
  return { beside: [`${key} = ${array}`], under: [] }
}

/** One `[[action]]` of the older dialect, before it is written. */
export interface LegacyAction {
  readonly name: string
  readonly from: readonly string[]
  readonly to: string | undefined
  readonly guards: readonly GuardPair[]
  readonly effects: readonly EffectPair[]
  readonly extras: readonly ParamPair[]
  readonly trigger?: Trigger | undefined
  readonly layouts: readonly [Layout, Layout]
}

/** One of `[[action.triggers]]`. */
interface Trigger {
  readonly name: string
  readonly timeout: number
}

const layout = fc.constantFrom<Layout>('one', 'array', 'lines', 'string', 'headers')

/** Any action. */
export const legacyAction: fc.Arbitrary<LegacyAction> = fc.record({
  name: fc.constantFrom(...actionNames),
  from: fc.subarray(['New', 'Busy'], { minLength: 1 }),
  to: fc.option(fc.constantFrom(...states), { nil: undefined }),
  guards: fc.array(guardPair, { maxLength: 3 }),
  effects: fc.array(effectPair, { maxLength: 4 }),
  extras: fc.array(extraParam, { maxLength: 2 }),
  trigger: fc.option(
    fc.record({ name: fc.constantFrom('notify', 'audit'), timeout: fc.constantFrom(5, 5, 9) }),
    { nil: undefined },
  ),
  layouts: fc.tuple(layout, layout),
})

/** The integrations that the triggers of a file are today; undefined where two would have one name. */
export function integrationsOf(actions: readonly LegacyAction[]): readonly string[] | undefined {
  const emitted = new Set(actions.flatMap(({ effects }) => effects.flatMap(({ trigger }) => trigger ?? [])))
  const triggers = actions.flatMap(({ name, trigger }) =>
    trigger === undefined ? [] : [{ ...trigger, action: name }],
  )
  const integrations = [...new Set(triggers.map(({ name }) => name))].flatMap((name) => {
    const group = triggers.filter((trigger) => trigger.name === name)
    const starts = emitted.has(name) ? [name] : [...new Set(group.map(({ action }) => action))]
    const [first] = group
    return first !== undefined && group.every(({ timeout }) => timeout === first.timeout)
      ? [{ name, starts, timeout: first.timeout }]
      : group.map(({ action, timeout }) => ({
          name: `${action}.${name}`,
          starts: emitted.has(name) ? [name] : [action],
          timeout,
        }))
  })
  if (new Set(integrations.map(({ name }) => name)).size < integrations.length) return undefined
  return integrations.flatMap(({ name, starts, timeout }) => [
    '[[integration]]',
    `name = "${name}"`,
    `trigger = ${JSON.stringify(starts)}`,
    'type = "handler"',
    'module = "mailer"',
    `timeout_ms = ${timeout}`,
  ])
}

function triggerLines({ name, timeout }: Trigger): readonly string[] {
  const keys = [`name = "${name}"`, 'kind = "adapter"', 'adapter = "mailer"', `timeout_ms = ${timeout}`]
  return ['[[action.triggers]]', ...keys]
}

/** An action as text. */
export function actionSection({
  name,
  from,
  to,
  guards,
  effects,
  extras,
  trigger,
  layouts,
}: LegacyAction): Section {
  const byName = new Map(
    [...extras, ...effects.flatMap(({ params }) => params)].toReversed().map((param) => [param.name, param]),
  )
  const params = [...byName.values()].toReversed()
  const declared = params.filter(({ older }) => older !== undefined)
  const added = params.filter(({ older }) => older === undefined)
  const head = [
    '[[action]]',
    `name = "${name}"`,
    `from = ${JSON.stringify(from)}`,
    ...(to === undefined ? [] : [`to = "${to}"`]),
  ]
  const listed = (texts: readonly (string | undefined)[]) =>
    texts.length === 0 ? [] : [`params = [${texts.join(', ')}]`]
  const guard = layOut(
    'guard',
    guards.map(({ older }) => older),
    layouts[0],
  )
  const effect = layOut(
    'effect',
    effects.map(({ older }) => older),
    layouts[1],
  )
  return section(
    [
      ...head,
      ...guard.beside,
      ...effect.beside,
      ...listed(declared.map(({ older }) => older)),
      ...guard.under,
      ...effect.under,
      ...(trigger === undefined ? [] : triggerLines(trigger)),
    ],
    [
      ...head,
      ...(guards.length === 0
        ? []
        : [`guard = ${JSON.stringify(guards.map(({ today }) => `(${today})`).join(' && '))}`]),
      ...(effects.length === 0 ? [] : [`effect = ${JSON.stringify(effects.map(({ today }) => today))}`]),
      ...listed([...declared, ...added].map(({ today }) => today)),
    ],
  )
}
