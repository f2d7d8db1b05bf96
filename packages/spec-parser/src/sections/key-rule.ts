// What the keys of a section may hold, as data: one table drives reading, "did you mean" and the JSON Schema.
import type { JsonObject } from '@perdure/core'

import type { IssueCode } from '../diagnostics/codes.ts'
import type { TomlNode } from '../toml/toml-node.ts'
import type { Located } from './located.ts'

interface Common {
  /** One sentence for editors. */
  readonly about: string
  readonly required?: true
  /** What a value of the right type that cannot be is reported as. @defaultValue invalid_value */
  readonly code?: IssueCode
}

/** One key of a section. */
export type KeyRule =
  | (Common & { readonly type: 'text'; readonly oneOf?: readonly string[]; readonly fallback?: string })
  | (Common & { readonly type: 'integer'; readonly minimum: number; readonly fallback?: number })
  | (Common & { readonly type: 'flag'; readonly fallback?: boolean })
  | (Common & { readonly type: 'texts'; readonly nonEmpty?: true })
  | (Common & { readonly type: 'table' })
  /** Read by the section itself; the schema says what editors should accept. */
  | (Common & { readonly type: 'custom'; readonly schema: JsonObject })

/** The rules of a table whose keys have these types; a section's type and its rules cannot drift apart. */
export type RulesOf<Types> = {
  readonly [Key in keyof Types]: KeyRule & { readonly type: Types[Key] }
}

interface Values {
  readonly text: Located<string>
  readonly integer: Located<number>
  readonly flag: Located<boolean>
  readonly texts: Located<readonly Located<string>[]>
  readonly table: TomlNode
  readonly custom: TomlNode
}

/** What such a table reads as: each key's value, undefined when it is left out or wrong. */
export type ValuesOf<Types> = {
  readonly [Key in keyof Types]: (Types[Key] extends keyof Values ? Values[Types[Key]] : never) | undefined
}
