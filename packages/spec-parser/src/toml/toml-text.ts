// Values as TOML text. Used wherever the package writes TOML: printing specs and rewriting older forms.
import type { JsonValue } from '@perdure/core'

import type { TomlNode } from './toml-node.ts'

/** A string in TOML's basic quotes. */
export function tomlString(value: string): string {
  const escaped = JSON.stringify(value).replaceAll('\u007F', String.raw`\u007f`)
  // JSON escapes half a surrogate pair, which TOML cannot: such a unit is written as it is.
  return escaped.replaceAll(/\\(u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/g, (escape, body: string) =>
    body.length > 1 ? String.fromCharCode(Number.parseInt(body.slice(1), 16)) : escape,
  )
}

/** A key, bare where that is allowed. */
export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key)
}

/** A JSON value in one line of TOML. @throws TypeError for null, which TOML cannot say */
export function tomlValue(value: JsonValue): string {
  if (typeof value === 'string') return tomlString(value)
  if (typeof value === 'number' || typeof value === 'boolean') return tomlScalar(value)
  if (value === null) throw new TypeError('TOML has no null')
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => tomlValue(item)).join(', ')}]`
  const entries = Object.entries(value).map(([key, item]) => `${tomlKey(key)} = ${tomlValue(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function tomlScalar(value: number | boolean): string {
  if (typeof value === 'boolean') return String(value)
  // What JavaScript prints as an integer beyond 2^53 must be a float to TOML.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** A node as one line of TOML; what TOML alone can say (dates) is taken from the text it was written in. */
export function tomlNodeText(node: TomlNode, text: string): string {
  switch (node.kind) {
    case 'text':
    case 'number':
    case 'boolean':
      return tomlValue(node.value)
    case 'array':
      return `[${node.items.map((item) => tomlNodeText(item, text)).join(', ')}]`
    case 'table': {
      const entries = [...node.entries].map(
        ([key, { value }]) => `${tomlKey(key)} = ${tomlNodeText(value, text)}`,
      )
      return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
    }
    default:
      return text.slice(node.span.start, node.span.end)
  }
}
