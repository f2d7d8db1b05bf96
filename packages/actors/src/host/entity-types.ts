// What the compiler may know of entity types: the shapes of the module that `perdure types` generates. Types only; at run
// time there is nothing of it, and the model alone decides.
import type { JsonValue } from '@perdure/core'
import type { AskOptions } from './ask-options.ts'

/** One entity type as generated: its statuses, its variables as fields, and the params of each action. */
export interface EntityTypeShape {
  readonly status: string
  readonly fields: object
  readonly actions: object
}

/** Entity types by name; the constraint of everything that takes generated types. */
export type EntityTypeMap<Entities> = { readonly [Type in keyof Entities]: EntityTypeShape }

/** An entity type of which nothing is known before it runs. */
export interface UntypedEntity {
  readonly status: string
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly actions: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Every name is an entity type: what a host has that was given no types. */
export type UntypedEntities = Readonly<Record<string, UntypedEntity>>

/** Names of the actions that may be asked of an entity. */
export type ActionOf<Type extends EntityTypeShape> = keyof Type['actions'] & string

/**
 * What follows the name of an action: its params, which may be left out when none is required, and options. For a name that
 * is not known exactly they may be left out as soon as some action requires none: so a misspelt name is reported as that,
 * and not as a missing argument.
 */
export type AskArguments<Params> = [IsAnyRequired<Params>] extends [true]
  ? [params: Params, options?: AskOptions | undefined]
  : [params?: Params | undefined, options?: AskOptions | undefined]

/**
 * Asked of the params of each action on its own. A record of unknown keys requires none of them; an action without params
 * is generated as one without entries.
 */
type IsAnyRequired<Params> = Params extends unknown
  ? string extends keyof Params
    ? false
    : Partial<Params> extends Params
      ? false
      : true
  : never

/**
 * The fields of a state by name: variables, and params that are projected beside them. Each may be absent: a large value is
 * among `refs` until it is hydrated, and a param is unset before the action that brings it.
 */
export type FieldsOf<Type extends EntityTypeShape> = string extends keyof Type['fields']
  ? Readonly<Record<string, JsonValue>>
  : { readonly status: Type['status'] } & {
      readonly [Field in keyof Type['fields']]?: Type['fields'][Field]
    } & {
      readonly [Param in Exclude<ParamName<Type['actions']>, keyof Type['fields']>]?: ParamValue<
        Type['actions'],
        Param
      >
    }

/** Field values to set: known ones have their types, further ones may be anything that JSON can say. */
export type NewFieldsOf<Type extends EntityTypeShape> = Readonly<Record<string, unknown>> &
  (string extends keyof Type['fields'] ? unknown : Partial<Type['fields']>)

/** Names of all params of all actions. */
type ParamName<Actions> = {
  [Action in keyof Actions]: string extends keyof Actions[Action] ? never : keyof Actions[Action]
}[keyof Actions]

type ParamValue<Actions, Param> = {
  [Action in keyof Actions]: string extends keyof Actions[Action]
    ? never
    : Param extends keyof Actions[Action]
      ? Exclude<Actions[Action][Param], undefined>
      : never
}[keyof Actions]
