// What the effects of one rule share while they are resolved.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { readContent } from '../model/scope.ts'
import type { Scope } from '../model/scope.ts'
import type { EffectArgument } from '../spec/effect.ts'
import { isSensitive } from './deciding.ts'
import type { Deciding } from './deciding.ts'
import type { EntityState } from './entity-state.ts'

/** One resolution under way. */
export interface Resolving extends Deciding {
  readonly params: JsonObject
  /** The variables as the statements so far have left them. */
  readonly held: Pick<EntityState, 'counters' | 'numbers' | 'lists'>
  readonly scope: Scope
}

/** Whether what an argument reads must not be shown. */
export function isSensitiveArgument(resolving: Resolving, argument: EffectArgument): boolean {
  return argument.kind !== 'literal' && isSensitive(resolving, argument.name)
}

/** What an argument reads; null for a param that was left out. */
export function readArgument({ scope, params }: Resolving, argument: EffectArgument): JsonValue {
  switch (argument.kind) {
    case 'literal':
      return typeof argument.value === 'number' ? argument.value + 0 : argument.value
    case 'variable': {
      const value = readContent(scope, argument.name)
      // The draft goes on changing its own lists in place; a fact must not change with them.
      return Array.isArray(value) ? [...(value as readonly JsonValue[])] : value
    }
    case 'param':
      return own(params, argument.name) ?? null
  }
}
