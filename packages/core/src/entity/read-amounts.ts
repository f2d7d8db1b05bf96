// Amounts: numeric params that may come as text. Called while an action is decided, before its guards; after it an amount
// is a number everywhere, in guards, effects and the event alike.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import type { Limits } from '../json/limits.ts'
import { own } from '../json/own.ts'
import type { RuleModel } from '../model/transition-table.ts'
import type { ValueType } from '../spec/state-variable.ts'
import { typeProblem } from './check-type.ts'

/** The params as the rule reads them: each amount that was given as text is the number it says. */
export function readAmounts({ amounts }: RuleModel, params: JsonObject): JsonObject {
  if (amounts === undefined) return params
  const numbers = amounts.flatMap(({ name, type }): readonly (readonly [string, JsonValue])[] => {
    const value = own(params, name)
    return typeof value === 'string' ? [[name, readAmount(type, value)]] : []
  })
  return numbers.length === 0 ? params : { ...params, ...Object.fromEntries(numbers) }
}

/** Why a value is no amount of this type, as `must be …`; undefined when it is one, or null. */
export function amountProblem(
  type: ValueType,
  value: JsonValue,
  limits: Pick<Limits, 'maxListItems'>,
): string | undefined {
  const amount = typeof value === 'string' ? readAmount(type, value) : value
  const isNegative = typeof amount === 'number' && amount < 0
  if (!isNegative && typeProblem(type, amount, limits) === undefined) return undefined
  return type === 'number'
    ? 'must be a number of at least 0, or the text of one'
    : 'must be an integer from 0 to 2^53 - 1, or the text of one'
}

/** The number that a text says; the text itself when it is no plain decimal number of this type. */
function readAmount(type: ValueType, text: string): JsonValue {
  // A fraction of an integer type is refused rather than rounded, also one that rounding would hide.
  return (type === 'number' ? /^\d+(\.\d+)?$/ : /^\d+$/).test(text) ? Number(text) : text
}
