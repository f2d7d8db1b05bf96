import type { StaticType } from './static-type.ts'

/** What the names of one expression mean. */
export interface Scope {
  readonly states: ReadonlySet<string>
  /** The type of a variable or field; undefined when there is none of that name. */
  readonly lookUp: (name: string) => StaticType | undefined
  /** Names to suggest when there is none. */
  readonly known: readonly string[]
  /** The params it may read; undefined where there is no command, as in an invariant. */
  readonly params: ParamScope | undefined
}

/** What `params.x` may be. */
export interface ParamScope {
  readonly lookUp: (name: string) => StaticType | undefined
  readonly known: readonly string[]
}
