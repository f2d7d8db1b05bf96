import type { Located } from '../sections/located.ts'
import { wrongType } from '../sections/read-keys.ts'
import type { TomlNode } from '../toml/toml-node.ts'
import type { SpecContext } from './spec-context.ts'

/** A table of strings; each value may be checked besides. What is no string is reported and left out. */
export function readStringTable(
  node: TomlNode | undefined,
  what: string,
  context: SpecContext,
  check?: (value: Located<string>, context: SpecContext) => void,
): Readonly<Record<string, string>> {
  if (node?.kind !== 'table') return {}
  return Object.fromEntries(
    [...node.entries].flatMap(([key, { value }]) => {
      if (value.kind !== 'text')
        return wrongType(value, `'${key}' in ${what}`, 'a string', context.issues) ?? []
      check?.(value, context)
      return [[key, value.value]]
    }),
  )
}
